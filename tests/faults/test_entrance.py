"""The calls before an audit's first read: who asks, which regions, which accounts, with which role.

A fault there may cost the whole audit, but not in silence: every account and region that is not
judged is told, or the command ends with one line that says why.
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
"""What an undisturbed audit judges."""


class Entrance(Injected):
    """Answers what comes before the reads too."""

    def right_answer(self, client: Any, operation: str, request: Mapping[str, Any]) -> Answer:
        """As AWS would."""
        if operation in ENTRANCE:
            return copy.deepcopy(ENTRANCE[operation])
        return super().right_answer(client, operation, request)


@contextmanager
def shared_clients() -> Iterator[None]:
    """No session is made: that is most of the time."""
    build = mock.patch.object(credentials, "_builder", return_value=client)
    session = mock.patch("boto3.Session", mock.Mock())
    with build, session as made:
        made.return_value.region_name = REGION
        yield


def audit(aws: Injected, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, str, str]:
    """Exit status, report, and what is told beside it."""
    with in_place_of_aws(aws), shared_clients():
        status = _run([*COMMAND, *more])
    told = capsys.readouterr()
    return status, told.out, told.err


def singles() -> Iterator[Mapping[Place, str]]:
    """Every fault at every call of the entrance."""
    calls = [(operation, 0) for operation in ENTRANCE if operation != "ListRegions"]
    calls.append(("DescribeRegions", 1))
    yield from ({place: fault} for place in calls for fault in FAULTS)


def pairs() -> Iterator[Mapping[Place, str]]:
    """ListRegions is asked where DescribeRegions is denied."""
    for fault in FAULTS:
        yield {("DescribeRegions", 0): "denied", ("ListRegions", 0): fault}
    for first, second in combinations([one for one in ENTRANCE if one != "ListRegions"], 2):
        yield {(first, 0): "empty lists", (second, 0): "hollow items"}


def ending(aws: Injected, capsys: pytest.CaptureFixture[str]) -> str:
    """How an audit of two accounts ends."""
    status, report, told = audit(aws, capsys, *MANY)
    about = f"{aws.injected}: exit {status}, {told!r}, {report[:300]}"
    if not report:
        assert status == 2, about
        assert told.startswith("alarmchain: "), about
        assert told.count("\n") == 1, about
        return "raised"
    found = json.loads(report)
    judged = {(one["account"], one["region"]) for one in found["results"]}
    assert judged <= WHOLE, about
    if found["errors"]:
        assert status == 2, about
        assert all(one["error"].strip() for one in found["errors"]), about
        return "raised"
    assert judged == WHOLE, about
    # The chain is the one account's own, and foreign to the other.
    verdicts = {one["account"]: one["compliance"] for one in found["results"]}
    assert (status, verdicts[OTHER]) == (1, "NON_COMPLIANT"), about
    return str(verdicts[ACCOUNT])


def test_undisturbed(capsys: pytest.CaptureFixture[str]) -> None:
    """Both accounts are judged, each by its own calls."""
    aws = Entrance(plain())
    assert ending(aws, capsys) == "COMPLIANT"
    assert {one for one, _ in aws.places} > ENTRANCE.keys() - {"ListRegions"}


def test_faults_at_the_entrance(capsys: pytest.CaptureFixture[str]) -> None:
    """No traceback, no silence; nothing is COMPLIANT that was not looked at."""
    outcomes: Counter[tuple[str, str]] = Counter()
    for chosen in (*singles(), *pairs()):
        aws = Entrance(plain(), chosen)
        how = ending(aws, capsys)
        for name in sorted(set(aws.injected.values())):
            outcomes[name, how] += 1
    with capsys.disabled():
        show("audit: at the entrance", outcomes)
