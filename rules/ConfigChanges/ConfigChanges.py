"""
#####################################
##           Gherkin               ##
#####################################

Rule Name:
  ConfigChanges

Description:
  Checks that an alarm notifies a person of changes to AWS Config's recorder and delivery channel.

Rationale:
  If someone stops the recorder or removes the delivery channel, the other Config rules of the
  region see no more changes, and no Config rule can report that, not even this one. Only an alarm
  on the API call's CloudTrail record can.
  CIS AWS Foundations: ensure AWS Config configuration changes are monitored.

Indicative Severity:
  Medium

Scenarios:
  Scenario: 3
     Given: The metric filter on the log group does not match StopConfigurationRecorder
      Then: Return NON_COMPLIANT; the annotation begins with `StopConfigurationRecorder`

  All rules share the other scenarios, the trigger and the parameters: docs/rules.md.
"""

from alarmchain.rule import handler

lambda_handler = handler(__file__)
