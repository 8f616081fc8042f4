"""
#####################################
##           Gherkin               ##
#####################################

Rule Name:
  RouteTableChanges

Description:
  Checks that an alarm notifies a person of changes to VPC route tables: their routes and their
  associations with subnets.

Rationale:
  One route can send a subnet's traffic to the internet, or past the firewall, and everything still
  works, so nobody notices. A person must be notified of every change.
  CIS AWS Foundations: ensure route table changes are monitored.

Indicative Severity:
  Medium

Scenarios:
  Scenario: 3
     Given: The metric filter also requires `$.requestParameters.destinationCidrBlock = "0.0.0.0/0"`
      Then: Return NON_COMPLIANT: the filter misses IPv6's default route and all other changes

  All rules share the other scenarios, the trigger and the parameters: docs/rules.md.
"""

from alarmchain.rule import handler

lambda_handler = handler(__file__)
