"""`alarmchain remedy`: its commands, and a confirmation, close the finding."""

import shlex
import time
from typing import Any

import pytest

from alarmchain.collector.clients import Clients
from alarmchain.collector.collect_account import collect_account
from alarmchain.decision.assessment import Outcome
from alarmchain.parameters import Parameters
from alarmchain.remedy import text
from alarmchain.remedy.plan import Plan, make_plan
from alarmchain.snapshot.snapshot_json import from_json
from localaws import sns as local_sns
from localaws.server import LocalAws
from tests.aws_cli import aws
from tests.cases import all_cases
from tests.chance import sample
from tests.remediation.account_setup import ACCOUNT, create_resources, region_clients, with_names
from tests.remediation.local_account import CONTROLS, LocalAccount
from tests.remediation.scenario import HOME, RULE, make_broken_chain, make_trail
from tests.remediation.test_faults import FAULTY, LINK_FAULTS, SHORT, everywhere, faulty

Json = dict[str, Any]
EMAIL = "on-call@example.com"
REMEDIES = {
    "alarm needs five events": ["put-metric-alarm"],
    "alarm tells nobody": ["create-topic", "subscribe", "put-metric-alarm"],
    "alarm's actions are off": ["put-metric-alarm"],
    "filter of another call": ["put-metric-filter", "put-metric-alarm"],
    "no alarm": ["create-topic", "subscribe", "put-metric-alarm"],
    "no metric filter": ["put-metric-filter", "put-metric-alarm"],
    "no trail": "create a multi-region trail that delivers to a CloudWatch Logs log group",
    "nobody is subscribed": ["subscribe"],
    "trail stopped": ["start-logging"],
    "trail without log group": "let trail 'management-events' deliver to a log group",
}
"""By fault: the commands, or what a person must do first."""


def planned(account: LocalAccount, rule: str, region: str = HOME, **parameters: str) -> Plan:
    """Return the plan for the account as it is."""
    clients = Clients(lambda service, where: account.client(service, where))
    snapshot = collect_account(clients, ACCOUNT, [region], time.time())
    return make_plan(CONTROLS[rule], snapshot, region, Parameters.read(parameters), EMAIL)


def pasted(account: LocalAccount, printed: str) -> list[str]:
    """Run the printed commands with the AWS CLI and confirm; return the names of the commands."""
    commands = [line for line in printed.splitlines() if line and not line.startswith("# ")]
    for command in commands:
        region = shlex.split(command)[4]
        aws(command, account.aws.child_environment(region))
    for command in commands:
        words = shlex.split(command)
        if words[2] == "subscribe":
            account.client("sns", words[4]).confirm_subscription(
                TopicArn=words[words.index("--topic-arn") + 1],
                Token=local_sns.confirmation_token(ACCOUNT, words[4], words[-1]),
            )
    return [command.split()[2] for command in commands]


SAME = {"alarm's actions are off", "filter of another call", "no alarm"}
"""Only `make test-long` tries these faults: others of the sample need the same commands."""


def _param(item: Any) -> Any:
    marks = [pytest.mark.long] if item.values[0] in SAME else item.marks
    return pytest.param(*item.values, marks=marks)


TRIED = [item for number, item in enumerate(LINK_FAULTS) if number % 4 == 0 or not item.marks]
"""The sample and a quarter of the other faults, because the AWS CLI starts slowly."""


@pytest.mark.parametrize(("fault", "rule"), [_param(item) for item in TRIED])
def test_each_fault(local_aws: LocalAws, fault: str, rule: str) -> None:
    """The printed commands close the finding; if no command can, the text says what to do."""
    account = LocalAccount(local_aws)
    names = {short: CONTROLS[rule].names[key] for short, key in SHORT.items()}
    snapshot = with_names(faulty(rule, everywhere()[fault]), names)
    create_resources(region_clients(local_aws), snapshot)
    plan = planned(account, rule)
    printed = text.render(plan)
    expected = REMEDIES[fault]
    if isinstance(expected, str):
        assert plan.changes == ()
        assert expected in " ".join(printed.replace("\n# ", " ").split())
        return
    assert pasted(account, printed) == expected
    if fault == "trail stopped":
        account.call("ec2.amazonaws.com", "RunInstances")  # the first delivery
    compliance, annotation = account.evaluate(rule)
    assert compliance == "COMPLIANT", annotation
    again = text.render(planned(account, rule))
    assert "nothing is missing" in again
    assert "aws " not in again


def test_everything(local_aws: LocalAws) -> None:
    """In an account with only a trail, the commands close the finding, also for many calls."""
    account = LocalAccount(local_aws)
    make_trail(account)
    many = {
        "CallList": "extended",
        "AdditionalCalls": ",".join(f"s{n:02}.amazonaws.com:Do" for n in range(24)),
        "MetricNamespace": 'Own "space", it\'s',
        "AlarmName": "An alarm's $(name)",
    }
    names = pasted(account, text.render(planned(account, RULE, **many)))
    assert names == [
        *("create-topic", "subscribe"),
        *("put-metric-filter", "put-metric-filter", "put-metric-filter", "put-metric-alarm"),
    ]
    assert account.evaluate(RULE, **many)[0] == "COMPLIANT"


def test_beside_a_broken_chain(local_aws: LocalAws) -> None:
    """Existing filters and alarms are not changed; new names get a suffix."""
    account = LocalAccount(local_aws)
    make_trail(account)
    make_broken_chain(account)
    before = account.resources()
    pasted(account, text.render(planned(account, RULE)))
    after = account.resources()
    for collection in ("filters", "alarms"):
        assert all(item in after[collection] for item in before[collection])
    assert account.evaluate(RULE)[0] == "COMPLIANT"


def test_another_home_region(local_aws: LocalAws) -> None:
    """The commands make the chain in the trail's home region."""
    account = LocalAccount(local_aws)
    make_trail(account, region="eu-west-1")
    printed = text.render(planned(account, RULE, "ap-south-1"))
    pasted(account, printed)
    assert account.evaluate(RULE, "ap-south-1")[0] == "COMPLIANT"


@pytest.mark.parametrize("name", sample(sorted(FAULTY)))
def test_cases(name: str) -> None:
    """Each case of cases.json gets commands after which the rule is covered, or a reason."""
    case = all_cases()[name]
    control = CONTROLS[case["rule"]]
    snapshot = from_json(case["snapshot"])
    plan = make_plan(control, snapshot, case["region"], Parameters(), EMAIL)
    printed = text.render(plan)
    assert max(len(line) for line in printed.splitlines() if line.startswith("#")) <= 200
    if plan.changes:
        assert plan.after.outcome is Outcome.COVERED
        assert all(text.command_line(change.command) in printed for change in plan.changes)
    else:
        assert plan.snapshot == snapshot
        assert "No command " in printed
        # Cases T... are faults of the trail, cases L... lack reads; all others get commands.
        assert name[0] in "TL"


def test_another_account() -> None:
    """The owner of an organization trail's log group is told what to run there."""
    case = all_cases()["T09e-organization-trail-linked-broken"]
    control, region = CONTROLS[case["rule"]], case["region"]
    plan = make_plan(control, from_json(case["snapshot"]), region, Parameters(), EMAIL)
    said = text.render(plan).replace("\n# ", " ")
    assert "Somebody with access to that account must run there: alarmchain remedy" in said
    assert "account 999988887777" in said
