"""
#####################################
##           Gherkin               ##
#####################################

Rule Name:
  ConsoleSignInWithoutMFA

Description:
  Checks that an alarm notifies a person when an IAM user signs in to the AWS console with a
  password alone, without a second factor (MFA).

Rationale:
  A password can be guessed or stolen. A sign-in without a second factor is either a user to whom
  nobody has given one, or an intruder, so a person must be notified of each.
  CIS AWS Foundations: ensure management console sign-in without MFA is monitored.

Indicative Severity:
  Medium

Scenarios:
  Scenario: 3
     Given: The metric filter also requires
            `$.userIdentity.sessionContext.attributes.mfaAuthenticated != "true"`
      Then: Return NON_COMPLIANT: the sign-in of an IAM user has no such field, so the filter
            misses it

  All rules share the other scenarios, the trigger and the parameters: docs/rules.md.
"""

from alarmchain.rule import handler

lambda_handler = handler(__file__)
