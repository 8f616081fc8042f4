"""The scenarios of VPCChanges.py; run by `rdk test-local` and by pytest."""

from pathlib import Path

from alarmchain import testing


class VPCChangesTest(testing.ChainScenarios):
    """The scenarios of every rule, and this rule's own."""

    folder = Path(__file__).parent

    def test_scenario_3_other_vpcs_are_missed(self) -> None:
        """A filter on one VPC misses all others."""
        self.set_pattern(' && ($.requestParameters.vpcId = "vpc-0123456789abcdef0")')
        self.assert_verdict("NON_COMPLIANT", "VPCChanges")
