"""
#####################################
##           Gherkin               ##
#####################################

Rule Name:
  CMKChanges

Description:
  Checks that an alarm notifies a person when a KMS key is disabled or scheduled for deletion.

Rationale:
  Data that is encrypted with a disabled key cannot be read; with a deleted key it is lost. Between
  ScheduleKeyDeletion and the deletion are 7 to 30 days in which a person can cancel it, but only if
  an alarm notifies that person.
  CIS AWS Foundations: ensure disabling or scheduled deletion of customer created CMKs is monitored.

Indicative Severity:
  Medium

Scenarios:
  Scenario: 3
     Given: The metric filter also requires `$.userIdentity.invokedBy NOT EXISTS`
      Then: Return NON_COMPLIANT: the filter misses changes made through an AWS service

  All rules share the other scenarios, the trigger and the parameters: docs/rules.md.
"""

from alarmchain.rule import handler

lambda_handler = handler(__file__)
