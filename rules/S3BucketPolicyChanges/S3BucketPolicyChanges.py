"""
#####################################
##           Gherkin               ##
#####################################

Rule Name:
  S3BucketPolicyChanges

Description:
  Checks that an alarm notifies a person when the policy, the ACL, or the CORS, lifecycle or
  replication configuration of an S3 bucket is set or deleted.

Rationale:
  One bucket policy can publish all data in a bucket, and everything still works, so nobody notices.
  A person must be notified of every change.
  CIS AWS Foundations: ensure S3 bucket policy changes are monitored.

Indicative Severity:
  Medium

Scenarios:
  Scenario: 3
     Given: The metric filter also requires `$.requestParameters.bucketName = "customer-data"`
      Then: Return NON_COMPLIANT: the filter misses changes to all other buckets

  All rules share the other scenarios, the trigger and the parameters: docs/rules.md.
"""

from alarmchain.rule import handler

lambda_handler = handler(__file__)
