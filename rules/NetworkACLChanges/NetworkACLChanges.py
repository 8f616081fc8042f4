"""
#####################################
##           Gherkin               ##
#####################################

Rule Name:
  NetworkACLChanges

Description:
  Checks that an alarm notifies a person when a network ACL of a VPC is created, deleted or
  changed, or is associated with another subnet.

Rationale:
  One entry of a network ACL can open a subnet to the world, and everything still works, so nobody
  notices. A person must be notified of every change.
  CIS AWS Foundations: ensure Network Access Control List (NACL) changes are monitored.

Indicative Severity:
  Medium

Scenarios:
  Scenario: 3
     Given: The metric filter also requires
            `$.requestParameters.networkAclId = "acl-0123456789abcdef0"`
      Then: Return NON_COMPLIANT: the filter misses changes to all other network ACLs

  All rules share the other scenarios, the trigger and the parameters: docs/rules.md.
"""

from alarmchain.rule import handler

lambda_handler = handler(__file__)
