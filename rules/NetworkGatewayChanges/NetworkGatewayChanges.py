"""
#####################################
##           Gherkin               ##
#####################################

Rule Name:
  NetworkGatewayChanges

Description:
  Checks that an alarm notifies a person when an internet gateway or a customer gateway (of a VPN)
  is created or deleted, or an internet gateway is attached to or detached from a VPC.

Rationale:
  A gateway connects a private network with the internet or with a foreign network, and everything
  still works, so nobody notices. A person must be notified of every change.
  CIS AWS Foundations: ensure changes to network gateways are monitored.

Indicative Severity:
  Medium

Scenarios:
  Scenario: 3
     Given: The metric filter also requires `$.requestParameters.internetGatewayId = "igw-*"`
      Then: Return NON_COMPLIANT: the filter misses new internet gateways and all customer gateways

  All rules share the other scenarios, the trigger and the parameters: docs/rules.md.
"""

from alarmchain.rule import handler

lambda_handler = handler(__file__)
