"""
#####################################
##           Gherkin               ##
#####################################

Rule Name:
  CMKChanges

Description:
  Check that an alarm tells a person of KMS keys being disabled or scheduled for deletion. Every
  successful call that control.toml lists must be recorded by a trail, reach a log group, be
  counted by a metric filter, ring an alarm, and the alarm must notify at least one confirmed SNS
  subscriber.

Rationale:
  Data under a disabled key can't be read, under a deleted one never again. Between
  ScheduleKeyDeletion and the deletion lie 7 to 30 days in which a person who is told can cancel it;
  the chain that tells must hold.
  CIS AWS Foundations: ensure disabling or scheduled deletion of customer created CMKs is monitored.

Indicative Severity:
  Medium

Trigger:
  Periodic, TwentyFour_Hours

Reports on:
  AWS::::Account

Rule Parameters:
  All optional; README.md says what each does.
  CallList, AdditionalCalls, FailedCalls, AlarmName, MetricName, MetricNamespace,
  RequireMultiRegionTrail, OrganizationTrailRoleArn, UnprovableVerdict, AssumeRoleMode,
  ExecutionRoleName, ExecutionRoleRegion

Scenarios:
  Scenario: 1
     Given: A rule parameter has an unknown name or a value that is not allowed
      Then: Return NON_COMPLIANT; the annotation names the parameter, the value and what is allowed
  Scenario: 2
     Given: No trail records the calls in this region and delivers them to CloudWatch Logs
      Then: Return NON_COMPLIANT; the annotation says what is wrong with the trail
  Scenario: 3
     Given: The metric filter has `$.userIdentity.invokedBy NOT EXISTS` as well
      Then: Return NON_COMPLIANT: changes made through an AWS service escape it
  Scenario: 4
     Given: The alarm on the filter's metric needs five events in a period
      Then: Return NON_COMPLIANT; the annotation names the alarm and its threshold
  Scenario: 5
     Given: The alarm's SNS topic has no confirmed subscription
      Then: Return NON_COMPLIANT; the annotation names the topic
  Scenario: 6
     Given: A read that could still change the verdict is denied
      Then: Return NON_COMPLIANT; the annotation is `UNKNOWN: ...` and names the action to grant
  Scenario: 7
     Given: The metric filter matches every call on the list
       And: Its alarm rings on a single event
       And: The alarm's topic has a confirmed subscription
      Then: Return COMPLIANT
"""

from alarmchain.rule import handler

lambda_handler = handler(__file__)
