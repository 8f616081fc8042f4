"""The scenarios of ConsoleSignInFailures.py; run by `rdk test-local` and by pytest."""

from pathlib import Path

from alarmchain import testing


class ConsoleSignInFailuresTest(testing.ChainScenarios):
    """The scenarios of every rule, and this rule's own."""

    folder = Path(__file__).parent

    def test_scenario_3_users_are_missed(self) -> None:
        """A filter on the root user misses the failures of all IAM users."""
        self.set_pattern(' && ($.userIdentity.type = "Root")')
        self.assert_verdict("NON_COMPLIANT", "ConsoleSignInFailures")
