"""The scenarios of ConfigChanges.py; run by `rdk test-local` and by pytest."""

from pathlib import Path

from alarmchain import testing


class ConfigChangesTest(testing.ChainScenarios):
    """The scenarios of every rule, and this rule's own."""

    folder = Path(__file__).parent

    def test_scenario_3_a_call_is_missed(self) -> None:
        """A filter without StopConfigurationRecorder misses that call."""
        self.set_pattern(without="StopConfigurationRecorder")
        self.assert_verdict("NON_COMPLIANT", "StopConfigurationRecorder")
