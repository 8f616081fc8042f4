"""A rule's parameters are checked before deployment as the rule itself checks them."""

import pytest

from alarmchain.control import known_controls
from deployment.errors import DeploymentError
from deployment.rule_values import check_rule_values

CONTROL = known_controls()["CMKChanges"]


def test_good_values() -> None:
    """Empty values have the defaults; an exemption of some records is allowed."""
    exempted = "{ $.userIdentity.type = Root }"
    check_rule_values(CONTROL, {"AlarmName": "", "ExemptRecords": exempted})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"CallList": "all"}, "parameter 'CallList' is 'all'; allowed: cis, extended"),
        ({"ExemptRecords": "{ $.userAgent = x }"}, "'ExemptRecords': it may not name $.userAgent"),
        (
            {"ExemptRecords": "{ $.userIdentity.type = * }"},
            "parameter 'ExemptRecords' exempts every record of DisableKey",
        ),
    ],
)
def test_wrong_values(values: dict[str, str], message: str) -> None:
    """The error names the rule, the parameter and the reason."""
    with pytest.raises(DeploymentError) as raised:
        check_rule_values(CONTROL, values)
    assert str(raised.value).startswith("CMKChanges: ")
    assert message in str(raised.value)
