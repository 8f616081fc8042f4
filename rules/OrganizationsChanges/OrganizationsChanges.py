"""
#####################################
##           Gherkin               ##
#####################################

Rule Name:
  OrganizationsChanges

Description:
  Checks that an alarm notifies a person when the AWS organization's accounts, organizational
  units or policies are changed, or an account joins or leaves it.

Rationale:
  One detached service control policy removes a limit from every account, and an account that leaves
  takes its data out of all controls. A person must be notified of every change. Organizations'
  events are recorded in one region of the partition alone (us-east-1; in China cn-northwest-1), and
  in the account that makes the call: nearly all in the management account.
  CIS AWS Foundations: ensure AWS Organizations changes are monitored.

Indicative Severity:
  Medium

Scenarios:
  Scenario: 3
     Given: The metric filter also requires `$.userIdentity.type = "IAMUser"`
      Then: Return NON_COMPLIANT: the filter misses everybody who has assumed a role

  All rules share the other scenarios, the trigger and the parameters: docs/rules.md.
"""

from alarmchain.rule import handler

lambda_handler = handler(__file__)
