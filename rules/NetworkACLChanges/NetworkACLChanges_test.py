"""The scenarios of NetworkACLChanges.py; run by `rdk test-local` and by pytest."""

from pathlib import Path

from alarmchain import testing


class NetworkACLChangesTest(testing.ChainScenarios):
    """The scenarios of every rule, and this rule's own."""

    folder = Path(__file__).parent

    def test_scenario_3_other_acls_are_missed(self) -> None:
        """A filter on one network ACL misses changes to all others."""
        self.set_pattern(' && ($.requestParameters.networkAclId = "acl-0123456789abcdef0")')
        self.assert_verdict("NON_COMPLIANT", "NetworkAclConfigChanges")
