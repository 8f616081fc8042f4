"""The scenarios of NetworkGatewayChanges.py; run by `rdk test-local` and by pytest."""

from pathlib import Path

from alarmchain import testing


class NetworkGatewayChangesTest(testing.ChainScenarios):
    """The scenarios of every rule, and this rule's own."""

    folder = Path(__file__).parent

    def test_scenario_3_customer_gateways_are_missed(self) -> None:
        """A filter on the id of an internet gateway misses customer gateways."""
        self.set_pattern(' && ($.requestParameters.internetGatewayId = "igw-*")')
        self.assert_verdict("NON_COMPLIANT", "GatewayChanges")
