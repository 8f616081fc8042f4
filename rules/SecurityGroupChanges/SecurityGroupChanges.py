"""
#####################################
##           Gherkin               ##
#####################################

Rule Name:
  SecurityGroupChanges

Description:
  Check that an alarm tells a person of changes to EC2 security groups: creating, deleting,
  opening and closing them. Every successful call that control.toml lists must be recorded by a
  trail, reach a log group, be counted by a metric filter, ring an alarm, and the alarm must
  notify at least one confirmed SNS subscriber.

Rationale:
  One rule added to a security group opens a network to the world. Nobody looks at groups that
  are right; somebody must be told of every change, and the chain that tells must hold.
  CIS AWS Foundations: ensure security group changes are monitored.

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
     Given: The metric filter has `$.requestParameters.groupId = sg-0123456789abcdef0` as well
      Then: Return NON_COMPLIANT: changes to every other group escape it
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
