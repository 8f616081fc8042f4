"""Faults in the calls before an audit's first read: the identity, accounts, regions and roles.

A fault there may end the whole audit. Then the command ends with one line that says why. Otherwise
the report names every account and region that could not be assessed.
"""

import copy
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import combinations
from typing import Any
from unittest import mock

import pytest

from alarmchain.cli.live import credentials
from alarmchain.cli.main import _run
from alarmchain.testing.account import ACCOUNT, REGION
from tests.faults.accounts import plain
from tests.faults.injection import FAULTS, Answer, Injected, Place, client, in_place_of_aws
from tests.faults.test_faults import show

OTHER = "111122223333"
ENTRANCE: Mapping[str, Answer] = {
    "GetCallerIdentity": {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/auditor"},
    "ListAccounts": {
        "Accounts": [
            {"Id": ACCOUNT, "Name": "Own", "State": "ACTIVE"},
            {"Id": OTHER, "Name": "Other", "State": "ACTIVE"},
        ]
    },
    "AssumeRole": {
        "Credentials": {"AccessKeyId": "A", "SecretAccessKey": "s", "SessionToken": "t"}
    },
    "DescribeRegions": {"Regions": [{"RegionName": REGION}]},
    "ListRegions": {"Regions": [{"RegionName": REGION}]},
}
COMMAND = ("audit", "--rule", "ConfigChanges", "--all-regions", "--format", "json")
MANY = ("--organization", "--role-name", "auditor")
WHOLE = {(ACCOUNT, REGION), (OTHER, REGION)}
"""The accounts and regions that an audit without faults assesses."""


class Entrance(Injected):
    """A fake AWS that also answers the calls before the first read."""

    def right_answer(self, client: Any, operation: str, request: Mapping[str, Any]) -> Answer:
        """Return the answer of AWS."""
        if operation in ENTRANCE:
            return copy.deepcopy(ENTRANCE[operation])
        return super().right_answer(client, operation, request)


@contextmanager
def shared_clients() -> Iterator[None]:
    """Create no session, because that would take most of the time."""
    build = mock.patch.object(credentials, "_builder", return_value=client)
    session = mock.patch("boto3.Session", mock.Mock())
    with build, session as made:
        made.return_value.region_name = REGION
        yield


def audit(aws: Injected, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, str, str]:
    """Return the exit status, the report and the standard error of an audit."""
    with in_place_of_aws(aws), shared_clients():
        status = _run([*COMMAND, *more])
    output = capsys.readouterr()
    return status, output.out, output.err


def singles() -> Iterator[Mapping[Place, str]]:
    """Yield every fault at every call before the first read."""
    calls = [(operation, 0) for operation in ENTRANCE if operation != "ListRegions"]
    calls.append(("DescribeRegions", 1))
    yield from ({place: fault} for place in calls for fault in FAULTS)


def pairs() -> Iterator[Mapping[Place, str]]:
    """Yield faults of ListRegions after a denied DescribeRegions, and wrong answers in pairs."""
    for fault in FAULTS:
        yield {("DescribeRegions", 0): "denied", ("ListRegions", 0): fault}
    others = [operation for operation in ENTRANCE if operation != "ListRegions"]
    for first, second in combinations(others, 2):
        yield {(first, 0): "empty lists", (second, 0): "hollow items"}


def ending(aws: Injected, capsys: pytest.CaptureFixture[str]) -> str:
    """Run an audit of two accounts, and return its verdict on ACCOUNT, or `raised`."""
    status, text, errors = audit(aws, capsys, *MANY)
    about = f"{aws.injected}: exit {status}, {errors!r}, {text[:300]}"
    if not text:
        assert status == 2, about
        assert errors.startswith("alarmchain: "), about
        assert errors.count("\n") == 1, about
        return "raised"
    report = json.loads(text)
    judged = {(result["account"], result["region"]) for result in report["results"]}
    assert judged <= WHOLE, about
    if report["errors"]:
        assert status == 2, about
        assert all(failure["error"].strip() for failure in report["errors"]), about
        return "raised"
    assert judged == WHOLE, about
    # The fake AWS returns the chain of ACCOUNT for both accounts, so OTHER has no chain of its own.
    verdicts = {result["account"]: result["compliance"] for result in report["results"]}
    assert (status, verdicts[OTHER]) == (1, "NON_COMPLIANT"), about
    return str(verdicts[ACCOUNT])


def test_undisturbed(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a fault, both accounts are assessed."""
    aws = Entrance(plain())
    assert ending(aws, capsys) == "COMPLIANT"
    assert {operation for operation, _ in aws.places} > ENTRANCE.keys() - {"ListRegions"}


def test_faults_at_the_entrance(capsys: pytest.CaptureFixture[str]) -> None:
    """Every fault is reported, and no account is COMPLIANT without having been read."""
    outcomes: Counter[tuple[str, str]] = Counter()
    for chosen in (*singles(), *pairs()):
        aws = Entrance(plain(), chosen)
        how = ending(aws, capsys)
        for name in sorted(set(aws.injected.values())):
            outcomes[name, how] += 1
    with capsys.disabled():
        show("audit: at the entrance", outcomes)
