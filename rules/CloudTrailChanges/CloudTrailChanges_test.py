"""The scenarios of CloudTrailChanges.py; run by `rdk test-local` and by pytest."""

from pathlib import Path

from alarmchain import testing


class CloudTrailChangesTest(testing.ChainScenarios):
    """The shared scenarios, and this rule's own."""

    folder = Path(__file__).parent

    def test_scenario_3_roles_escape(self) -> None:
        """A filter that passes over roles lets the usual caller of StopLogging through."""
        self.set_pattern(' && ($.userIdentity.type != "AssumedRole")')
        self.assert_verdict("NON_COMPLIANT", "AWSCloudTrailChanges")
