"""The scenarios of IAMPolicyChanges.py; run by `rdk test-local` and by pytest."""

from pathlib import Path

from alarmchain import testing


class IAMPolicyChangesTest(testing.ChainScenarios):
    """The scenarios of every rule, and this rule's own."""

    folder = Path(__file__).parent

    def test_scenario_3_one_role_is_exempt(self) -> None:
        """A filter that leaves out one role also misses the calls of users."""
        self.set_pattern(' && ($.userIdentity.sessionContext.sessionIssuer.userName != "deploy")')
        self.assert_verdict("NON_COMPLIANT", "IAMPolicyChanges")
