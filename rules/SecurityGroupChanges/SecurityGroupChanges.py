"""
#####################################
##           Gherkin               ##
#####################################

Rule Name:
  SecurityGroupChanges

Description:
  Checks that an alarm notifies a person when an EC2 security group is created, deleted or changed.

Rationale:
  One rule added to a security group can open a network to the world, and everything still works, so
  nobody notices. A person must be notified of every change.
  CIS AWS Foundations: ensure security group changes are monitored.

Indicative Severity:
  Medium

Scenarios:
  Scenario: 3
     Given: The metric filter also requires `$.requestParameters.groupId = sg-0123456789abcdef0`
      Then: Return NON_COMPLIANT: the filter misses changes to all other groups

  All rules share the other scenarios, the trigger and the parameters: docs/rules.md.
"""

from alarmchain.rule import handler

lambda_handler = handler(__file__)
