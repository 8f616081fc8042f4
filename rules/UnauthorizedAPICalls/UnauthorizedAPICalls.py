"""
#####################################
##           Gherkin               ##
#####################################

Rule Name:
  UnauthorizedAPICalls

Description:
  Checks that an alarm notifies a person of API calls that AWS denies because a permission is
  missing, also of those that only read.

Rationale:
  Whoever has stolen credentials tries out what they allow, and causes denied calls. A person must
  be notified of them. Calls of the log delivery and HeadBucket may be left out, as in the newer
  versions of the benchmark.
  CIS AWS Foundations: ensure unauthorized API calls are monitored.

Indicative Severity:
  Medium

Scenarios:
  Scenario: 3
     Given: The metric filter also requires `$.userIdentity.invokedBy != "config.amazonaws.com"`
      Then: Return NON_COMPLIANT: `!=` matches no record without the field, so the filter misses
            all direct calls

  All rules share the other scenarios, the trigger and the parameters: docs/rules.md.
"""

from alarmchain.rule import handler

lambda_handler = handler(__file__)
