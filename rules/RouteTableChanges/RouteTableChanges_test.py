"""The scenarios of RouteTableChanges.py; run by `rdk test-local` and by pytest."""

from pathlib import Path

from alarmchain import testing


class RouteTableChangesTest(testing.ChainScenarios):
    """The scenarios of every rule, and this rule's own."""

    folder = Path(__file__).parent

    def test_scenario_3_other_destinations_are_missed(self) -> None:
        """A filter on the default route of IPv4 misses all other changes."""
        self.set_pattern(' && ($.requestParameters.destinationCidrBlock = "0.0.0.0/0")')
        self.assert_verdict("NON_COMPLIANT", "RouteTableConfigChanges")
