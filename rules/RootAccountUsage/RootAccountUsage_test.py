"""The scenarios of RootAccountUsage.py; run by `rdk test-local` and by pytest."""

from pathlib import Path

from alarmchain import testing


class RootAccountUsageTest(testing.ChainScenarios):
    """The scenarios of every rule, and this rule's own."""

    folder = Path(__file__).parent

    def test_scenario_3_the_sign_in_is_missed(self) -> None:
        """A filter on API calls misses the root user's console sign-in."""
        self.set_pattern(' && ($.eventType = "AwsApiCall")')
        self.assert_verdict("NON_COMPLIANT", "RootAccountUsage")
