"""The scenarios of UnauthorizedAPICalls.py; run by `rdk test-local` and by pytest."""

from pathlib import Path

from alarmchain import testing


class UnauthorizedAPICallsTest(testing.ChainScenarios):
    """The scenarios of every rule, and this rule's own."""

    folder = Path(__file__).parent

    def test_scenario_3_direct_calls_are_missed(self) -> None:
        """A filter that leaves out one service by invokedBy misses records without that field."""
        self.set_pattern(' && ($.userIdentity.invokedBy != "config.amazonaws.com")')
        self.assert_verdict("NON_COMPLIANT", "AuthorizationFailures")
