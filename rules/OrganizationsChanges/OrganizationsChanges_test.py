"""The scenarios of OrganizationsChanges.py; run by `rdk test-local` and by pytest."""

from pathlib import Path

from alarmchain import testing


class OrganizationsChangesTest(testing.ChainScenarios):
    """The scenarios of every rule, and this rule's own."""

    folder = Path(__file__).parent

    def test_scenario_3_roles_are_missed(self) -> None:
        """A filter on IAM users misses everybody who has assumed a role."""
        self.set_pattern(' && ($.userIdentity.type = "IAMUser")')
        self.assert_verdict("NON_COMPLIANT", "OrganizationsChanges")
