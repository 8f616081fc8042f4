"""The scenarios of CMKChanges.py; run by `rdk test-local` and by pytest."""

from pathlib import Path

from alarmchain import testing


class CMKChangesTest(testing.ChainScenarios):
    """The shared scenarios, and this rule's own."""

    folder = Path(__file__).parent

    def test_scenario_3_services_escape(self) -> None:
        """A filter that wants invokedBy absent passes over changes made through a service."""
        self.set_pattern(" && ($.userIdentity.invokedBy NOT EXISTS)")
        self.assert_verdict("NON_COMPLIANT", "AWSCMKChanges")
