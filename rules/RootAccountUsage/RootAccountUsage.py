"""
#####################################
##           Gherkin               ##
#####################################

Rule Name:
  RootAccountUsage

Description:
  Checks that an alarm notifies a person of everything that the root user of the account does: API
  calls, also those that only read, and console sign-ins.

Rationale:
  The root user may do everything, no policy limits it, and daily work never needs it. Its use is
  either an emergency or an attack, so a person must be notified of every event.
  CIS AWS Foundations: ensure usage of the 'root' account is monitored.

Indicative Severity:
  High

Scenarios:
  Scenario: 3
     Given: The metric filter also requires `$.eventType = "AwsApiCall"`
      Then: Return NON_COMPLIANT: the filter misses the root user's console sign-in

  All rules share the other scenarios, the trigger and the parameters: docs/rules.md.
"""

from alarmchain.rule import handler

lambda_handler = handler(__file__)
