"""
#####################################
##           Gherkin               ##
#####################################

Rule Name:
  ConsoleSignInFailures

Description:
  Checks that an alarm notifies a person when a sign-in to the AWS console fails because of a
  wrong password or a wrong second factor.

Rationale:
  Whoever guesses passwords causes failed sign-ins first. A person must be notified of them, before
  one succeeds. One failed sign-in must be enough, as in the benchmark and in AWS Security Hub:
  somebody who tries one password for each user never causes three in five minutes. The CloudTrail
  user guide and Trend Micro Conformity wait for three; whoever follows them sets the parameter
  EventsBeforeAlarm to 3.
  CIS AWS Foundations: ensure AWS Management Console authentication failures are monitored.

Indicative Severity:
  Medium

Scenarios:
  Scenario: 3
     Given: The metric filter also requires `$.userIdentity.type = "Root"`
      Then: Return NON_COMPLIANT: the filter misses the failed sign-ins of IAM users

  All rules share the other scenarios, the trigger and the parameters: docs/rules.md.
"""

from alarmchain.rule import handler

lambda_handler = handler(__file__)
