"""The scenarios of CloudTrailChanges.py; run by `rdk test-local` and by pytest."""

from pathlib import Path

from alarmchain import testing


class CloudTrailChangesTest(testing.ChainScenarios):
    """The scenarios of every rule, and this rule's own."""

    folder = Path(__file__).parent

    def test_scenario_3_calls_by_roles_are_missed(self) -> None:
        """A filter that excludes roles misses the usual caller of StopLogging."""
        self.set_pattern(' && ($.userIdentity.type != "AssumedRole")')
        self.assert_verdict("NON_COMPLIANT", "AWSCloudTrailChanges")
