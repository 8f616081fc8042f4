"""
#####################################
##           Gherkin               ##
#####################################

Rule Name:
  CloudTrailChanges

Description:
  Checks that an alarm notifies a person of changes to CloudTrail's trails, such as StopLogging.

Rationale:
  An intruder often begins with StopLogging, as later calls then leave no record. The record of
  StopLogging itself is the last one and the only warning, so it must reach a person.
  CIS AWS Foundations: ensure CloudTrail configuration changes are monitored.

Indicative Severity:
  Medium

Scenarios:
  Scenario: 3
     Given: The metric filter also requires `$.userIdentity.type != "AssumedRole"`
      Then: Return NON_COMPLIANT: the filter misses calls by roles, the usual callers

  All rules share the other scenarios, the trigger and the parameters: docs/rules.md.
"""

from alarmchain.rule import handler

lambda_handler = handler(__file__)
