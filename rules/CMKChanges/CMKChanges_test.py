"""The scenarios of CMKChanges.py; run by `rdk test-local` and by pytest."""

from pathlib import Path

from alarmchain import testing


class CMKChangesTest(testing.ChainScenarios):
    """The scenarios of every rule, and this rule's own."""

    folder = Path(__file__).parent

    def test_scenario_3_calls_by_services_are_missed(self) -> None:
        """A filter that requires invokedBy to be absent misses changes made through a service."""
        self.set_pattern(" && ($.userIdentity.invokedBy NOT EXISTS)")
        self.assert_verdict("NON_COMPLIANT", "AWSCMKChanges")
