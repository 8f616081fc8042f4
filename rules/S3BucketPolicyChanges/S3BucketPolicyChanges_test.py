"""The scenarios of S3BucketPolicyChanges.py; run by `rdk test-local` and by pytest."""

from pathlib import Path

from alarmchain import testing


class S3BucketPolicyChangesTest(testing.ChainScenarios):
    """The scenarios of every rule, and this rule's own."""

    folder = Path(__file__).parent

    def test_scenario_3_other_buckets_are_missed(self) -> None:
        """A filter on one bucket misses changes to all others."""
        self.set_pattern(' && ($.requestParameters.bucketName = "customer-data")')
        self.assert_verdict("NON_COMPLIANT", "S3BucketConfigChanges")
