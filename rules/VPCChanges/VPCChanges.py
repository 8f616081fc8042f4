"""
#####################################
##           Gherkin               ##
#####################################

Rule Name:
  VPCChanges

Description:
  Checks that an alarm notifies a person when a VPC is created, deleted or changed, or is
  connected with another one (VPC peering, ClassicLink).

Rationale:
  One peering connection can join a private network with a foreign account's, and everything still
  works, so nobody notices. A person must be notified of every change.
  CIS AWS Foundations: ensure VPC changes are monitored.

Indicative Severity:
  Medium

Scenarios:
  Scenario: 3
     Given: The metric filter also requires `$.requestParameters.vpcId = "vpc-0123456789abcdef0"`
      Then: Return NON_COMPLIANT: the filter misses other VPCs, new ones, and most changes to
            peering connections

  All rules share the other scenarios, the trigger and the parameters: docs/rules.md.
"""

from alarmchain.rule import handler

lambda_handler = handler(__file__)
