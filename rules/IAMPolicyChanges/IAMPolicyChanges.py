"""
#####################################
##           Gherkin               ##
#####################################

Rule Name:
  IAMPolicyChanges

Description:
  Checks that an alarm notifies a person when an IAM policy is created, deleted or changed, or is
  attached to or detached from a user, group or role.

Rationale:
  One attached policy can make anybody an administrator, and everything still works, so nobody
  notices. A person must be notified of every change. IAM's events are recorded in the partition's
  leader region alone (us-east-1); in all other regions the rule is not applicable.
  CIS AWS Foundations: ensure IAM policy changes are monitored.

Indicative Severity:
  High

Scenarios:
  Scenario: 3
     Given: The metric filter also requires
            `$.userIdentity.sessionContext.sessionIssuer.userName != "deploy"`
      Then: Return NON_COMPLIANT: the filter misses the role deploy, and everybody who has not
            assumed a role

  All rules share the other scenarios, the trigger and the parameters: docs/rules.md.
"""

from alarmchain.rule import handler

lambda_handler = handler(__file__)
