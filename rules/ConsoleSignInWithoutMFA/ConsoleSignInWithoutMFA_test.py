"""The scenarios of ConsoleSignInWithoutMFA.py; run by `rdk test-local` and by pytest."""

from pathlib import Path

from alarmchain import testing


class ConsoleSignInWithoutMFATest(testing.ChainScenarios):
    """The scenarios of every rule, and this rule's own."""

    folder = Path(__file__).parent

    def test_scenario_3_a_field_of_api_calls(self) -> None:
        """A filter on a field that the records of API calls have misses every sign-in."""
        self.set_pattern(
            ' && ($.userIdentity.sessionContext.attributes.mfaAuthenticated != "true")'
        )
        self.assert_verdict("NON_COMPLIANT", "ConsoleSignInWithoutMFA")
