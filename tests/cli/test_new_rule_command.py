"""`alarmchain new-rule`: what it writes, and what it refuses."""

import ast
import json
import os
import runpy
import shutil
import subprocess
import sys
import tomllib
import unittest
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from alarmchain.control import Control
from alarmchain.new_rule.files import control_toml, handler
from alarmchain.new_rule.narrowing import Narrowing
from alarmchain.new_rule.requirement import new_control
from alarmchain.remediation.document import document
from deployment.__main__ import main as deployment
from deployment.folders import CHECKOUT, RULES
from tests import test_rule_folders
from tests.chance import tried
from tests.command_line import Run

NAME = "BreakGlassUsage"
PATTERN = '{ $.userIdentity.sessionContext.sessionIssuer.userName = "BreakGlass" }'
LONG_NAME = "A" + "bcdefghi" * 5 + "Usage"
HOSTILE = """ "x" \\ 'y' \\d ""\" ö \u2019 # `z` | {0} %s $HOME """


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a small checkout with one rule; it is the current folder."""
    (tmp_path / "alarmchain").mkdir()
    (tmp_path / "alarmchain" / "rule.py").touch()
    shutil.copy(CHECKOUT / "pyproject.toml", tmp_path)
    shutil.copytree(
        RULES / "CMKChanges",
        tmp_path / "rules" / "CMKChanges",
        ignore=lambda folder, names: {
            name for name in names if name in ("alarmchain", "rdklib", "__pycache__")
        },
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def entries(checkout: Path) -> set[str]:
    """Return all files and folders of the checkout."""
    return {str(entry.relative_to(checkout)) for entry in checkout.rglob("*")}


def long_calls(count: int) -> str:
    """Return `count` calls with the longest names."""
    return ",".join(f"ec2:VeryLongName{n:068}" for n in range(count))


KINDS = {
    "one call": ("--calls", "ec2:RunInstances"),
    "calls of two services": (
        *("--calls", " ec2:RunInstances, kms.amazonaws.com:CreateKey,ec2:RunInstances "),
        *("--region", "leader"),
    ),
    "many calls": ("--calls", long_calls(20)),
    "calls on links of the chain": ("--calls", "ec2:RunInstances,monitoring:DeleteAlarms"),
    "several events": ("--pattern", PATTERN, "--events", "7"),
    "pattern with both quotes": ("--pattern", """{ $.userAgent = "it's" }"""),
    "narrow pattern": (
        "--pattern",
        '{ $.userIdentity.type = "Root" && $.userAgent = "x" && $.sourceIPAddress = "192.0.3.1" }',
    ),
    "texts": (
        *("--calls", "ec2:RunInstances", "--title", HOSTILE, "--description", HOSTILE * 4),
        *("--rationale", HOSTILE * 10, "--severity", "Critical"),
    ),
}
CHECKS: tuple[Callable[..., None], ...] = (
    test_rule_folders.test_the_folder_holds_only_its_own_files,
    test_rule_folders.test_each_scenario_has_a_test,
    test_rule_folders.test_the_docstring_has_the_severity,
    test_rule_folders.test_the_handler_is_a_few_lines,
)
CHECKS_OF_PARAMETERS: tuple[Callable[..., None], ...] = (
    test_rule_folders.test_one_name,
    test_rule_folders.test_the_description_is_the_controls,
)


@pytest.mark.parametrize("kind", KINDS)
def test_a_complete_folder(alarmchain: Run, checkout: Path, kind: str) -> None:
    """The folder passes what every rule folder must, the linter, and its own tests."""
    completed = alarmchain("new-rule", LONG_NAME, *KINDS[kind])
    assert completed.status == 0, completed.err
    folder = checkout / "rules" / LONG_NAME
    assert completed.out.startswith(f"wrote rules/{LONG_NAME}: {LONG_NAME}.py, ")
    assert {entry for entry in entries(checkout) if LONG_NAME not in entry} == {
        "alarmchain",
        "alarmchain/rule.py",
        "pyproject.toml",
        "rules",
        *(f"rules/CMKChanges/{file.name}" for file in (checkout / "rules/CMKChanges").iterdir()),
        "rules/CMKChanges",
    }
    for check in CHECKS:
        check(folder)
    parameters = json.loads((folder / "parameters.json").read_text())["Parameters"]
    for check in CHECKS_OF_PARAMETERS:
        check(folder, parameters)
    for arguments in (["check"], ["format", "--check"]):
        linted = subprocess.run(
            [sys.executable, "-m", "ruff", *arguments, "--no-cache", "rules"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert linted.returncode == 0, linted.stdout
    # The rule's own filters, narrowed; the alarm needs too many events; nothing is wrong.
    case = runpy.run_path(str(folder / f"{folder.name}_test.py"))[f"{folder.name}Test"]
    names = unittest.defaultTestLoader.getTestCaseNames(case)
    for name in (name for name in names if name.split("_")[2] in ("3", "4", "7")):
        result = unittest.TestResult()
        case(name).run(result)
        assert (result.failures, result.errors) == ([], []), name


def test_the_largest_rule_can_be_built(alarmchain: Run, checkout: Path) -> None:
    """`make build` accepts the rule with the most and longest calls: its stack is small enough."""
    assert alarmchain("new-rule", LONG_NAME, "--calls", long_calls(100)).status == 0
    arguments = ["build", "--rules-root", str(checkout / "rules"), LONG_NAME]
    built = CliRunner().invoke(deployment, arguments)
    assert (built.exit_code, built.output) == (0, f"built {LONG_NAME}\n")


def test_what_the_options_set(alarmchain: Run, checkout: Path) -> None:
    """Each option is in control.toml; without them, texts are derived from the name and calls."""
    given = ("--title", "T", "--description", "D", "--severity", "High", "--region", "leader")
    alarmchain("new-rule", NAME, "--pattern", PATTERN, "--events", "3", *given)
    control = Control.load(checkout / "rules" / NAME)
    assert (control.title, control.description, control.severity) == ("T", "D", "High")
    assert control.region == "leader"
    (records,) = control.records["cis"]
    assert (records.name, records.pattern, records.events) == ("break glass usage", PATTERN, 3)
    alarmchain("new-rule", "EC2Changes", "--calls", "ec2:RunInstances,ec2:StopInstances")
    control = Control.load(checkout / "rules" / "EC2Changes")
    assert control.title == "A subscriber is notified of EC2 changes"
    assert "each call of RunInstances and StopInstances. Every link" in control.description
    assert [str(call) for call in control.calls["cis"]] == [
        "ec2.amazonaws.com:RunInstances",
        "ec2.amazonaws.com:StopInstances",
    ]


def test_from_a_folder_below(
    alarmchain: Run, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The nearest checkout above the current folder is used, and the next steps name it."""
    (checkout / "docs").mkdir()
    monkeypatch.chdir(checkout / "docs")
    completed = alarmchain("new-rule", NAME, "--pattern", PATTERN)
    assert (completed.status, completed.err) == (0, "")
    assert f"next in {checkout}:\n  make remediation docs\n" in completed.out
    assert (checkout / "rules" / NAME / "control.toml").exists()


@pytest.mark.parametrize("recorded", ["All", "WriteOnly"])
def test_a_trail_that_records_only_writes(alarmchain: Run, checkout: Path, recorded: str) -> None:
    """A trail of only writes is not enough, unless control.toml says that the calls write."""
    alarmchain("new-rule", NAME, "--calls", "sts:AssumeRole")
    folder = checkout / "rules" / NAME
    assert verdict(folder, recorded) == ("COMPLIANT" if recorded == "All" else "NON_COMPLIANT")
    payload = document(Control.load(folder))["mainSteps"][0]["inputs"]["InputPayload"]
    assert payload["Sources"] == "*"
    file = folder / "control.toml"
    file.write_text(file.read_text().replace('read_only = "unknown"\n', ""))
    assert verdict(folder, recorded) == "COMPLIANT"


def verdict(folder: Path, recorded: str) -> str:
    """Return the rule's verdict if the trail records All, or WriteOnly."""
    case = runpy.run_path(str(folder / f"{folder.name}_test.py"))[f"{folder.name}Test"]()
    case.setUp()
    case.account["trails"][0]["EventSelectors"][0]["ReadWriteType"] = recorded
    compliance: str = case.evaluate()[0]
    return compliance


NOTES = {
    "ec2:RunInstance": "botocore does not know the operation RunInstance of ec2.amazonaws.com",
    "ec3:RunInstances": "botocore does not know the service of ec3.amazonaws.com",
    "cloudwatch:PutMetricAlarm": "events of cloudwatch may have the eventSource"
    " monitoring.amazonaws.com instead of cloudwatch.amazonaws.com: compare a record",
    "ec2:RunInstances": "",
    "monitoring:DescribeAlarms": "",
    "logs:DeleteMetricFilter": "DeleteMetricFilter can be about the very metric filter that would"
    " notify of it: it is unknown in the region of the chain, unless another region has a chain"
    " for it",
    "signin:ConsoleLogin": "",
    "ecr:CreateRepository": "",
    "ses:DeleteIdentity": "",
}


@pytest.mark.parametrize(("call", "note"), NOTES.items())
def test_a_note_on_a_call(alarmchain: Run, checkout: Path, call: str, note: str) -> None:
    """There is a note on a call that may be misspelled or unknown, and the rule is written."""
    completed = alarmchain("new-rule", NAME, "--calls", call)
    assert completed.status == 0
    assert completed.err == (f"alarmchain: note: {note}\n" if note else "")


CALLS = ("--calls", "ec2:RunInstances")
REFUSED = [
    (("Own",), "expected either --calls or --pattern"),
    (("Own", *CALLS, "--pattern", PATTERN), "expected either --calls or --pattern"),
    (("Own", "--calls", ""), "--calls has ''; expected SERVICE:EventName, such as ec2:RunInst"),
    (
        ("Own", "--calls", "s3:PutObject"),
        "--calls has PutObject, a data event; expected calls that",
    ),
    (("Own", "--calls", "ec2:A,,ec2:B"), "--calls has ''; expected SERVICE:EventName"),
    (("Own", "--calls", "RunInstances"), "--calls has 'RunInstances'; expected SERVICE:EventName"),
    (("Own", "--calls", "ec2:Run Instances"), "--calls has 'ec2:Run Instances'; expected"),
    (("Own", "--calls", "ec2.example.com:X"), "--calls has 'ec2.example.com:X'; expected SERVICE"),
    (("Own", "--calls", "EC2:RunInstances"), "--calls has 'EC2:RunInstances'; expected SERVICE"),
    (("Own", "--calls", 'ec2:X"\n|| '), "--calls has 'ec2:X\"?||'; expected SERVICE:EventName"),
    (
        ("Own", "--calls", "ec2:" + "X" * 81),
        f"--calls has an event name of 81 characters, '{'X' * 40}...'; at most 80",
    ),
    (
        ("Own", "--calls", ",".join(f"ec2:Call{n}" for n in range(101))),
        "--calls has 101 calls; at most 100: split them into several rules",
    ),
    (("Own", *CALLS, "--events", "2"), "--events needs --pattern; for calls, set the rule's"),
    (("Own", "--pattern", PATTERN, "--events", "0"), "'--events': 0 is not in the range 1<=x<=100"),
    (
        ("Own", "--pattern", "{ $.eventName = }"),
        "--pattern is not a filter pattern: at character 17: expected ",
    ),
    (("Own", "--pattern", ""), "--pattern is not a pattern for JSON; expected a comparison in bra"),
    (("Own", "--pattern", "ERROR"), "--pattern is not a pattern for JSON; expected a comparison"),
    (("Own", "--pattern", "[a, b]"), "--pattern is not a pattern for JSON; expected a comparison"),
    (
        ("Own", "--pattern", '{ $.eventCategory = "Data" }'),
        "--pattern matches no record: no management event of CloudTrail can have these values",
    ),
    (
        ("Own", "--pattern", '{ $.eventName = "A" && $.eventName = "B" }'),
        "--pattern matches no record: no management event of CloudTrail can have these values",
    ),
    (
        ("Own", "--pattern", '{ $.eventName = "' + "x" * 1024 + '" }'),
        "--pattern has 1044 characters; at most 1024",
    ),
    (
        ("Own", "--pattern", '{ $.awsRegion = "eu-west-1" }'),
        "--pattern names $.awsRegion; leave it out, because AWS Config evaluates a rule where it",
    ),
    # Also those of the region and account in which the rule's own tests run.
    (
        ("Own", "--pattern", '{ $.eventName = "A" && ($.awsRegion = "us-east-1" || $.x = 1) }'),
        "--pattern names $.awsRegion; leave it out",
    ),
    (
        ("Own", "--pattern", '{ $.recipientAccountId = "123456789012" }'),
        "--pattern names $.recipientAccountId; leave it out",
    ),
    (
        ("Own", "--pattern", "{ $.eventName =\n x }"),
        "--pattern has a character that cannot be printed, at character 16; expected one line",
    ),
    (("Own", "--pattern", '{ $.userAgent = "\udc80" }'), "cannot be printed, at character 18;"),
    (("own", *CALLS), "name 'own': expected letters and digits that begin with a capital letter"),
    (("Own-Rule", *CALLS), "name 'Own-Rule': expected letters and digits that begin with a cap"),
    (("../Own", *CALLS), "name '../Own': expected letters and digits that begin with a capital"),
    (("Größe", *CALLS), "name 'Größe': expected letters and digits that begin with a capital"),
    (("", *CALLS), "name '': expected letters and digits that begin with a capital letter"),
    (("A" * 47, *CALLS), "has 47 characters; at most 46, because RDK names the Lambda function"),
    (("CMKChanges", *CALLS), "rules/CMKChanges exists already: choose another name, or remove it"),
    (("CmkChanges", *CALLS), "name 'CmkChanges' differs from rules/CMKChanges only in its capital"),
    (
        ("AWSCMKChanges", *CALLS),
        "rule CMKChanges has the FilterName 'AWSCMKChanges' already, which",
    ),
    (
        ("CMK", *CALLS),
        "rule CMKChanges has the MetricName 'CMKEventCount' already, which CMK would",
    ),
    (
        ("Own", *CALLS, "--title", " "),
        "'--title': '' has 0 characters; expected 1 to 100, all",
    ),
    (("Own", *CALLS, "--title", "a\nb"), "'--title': 'a?b' has 3 characters; expected 1 to 100"),
    (
        ("Own", *CALLS, "--description", "x" * 256),
        "has 256 characters; expected 1 to 255, all",
    ),
    (("Own", *CALLS, "--severity", "bad"), "'bad' is not one of 'Informational', 'Low', 'Medium'"),
    (("Own", *CALLS, "--region", "us-east-1"), "'us-east-1' is not one of 'each', 'leader'"),
    ((*CALLS,), "Missing argument 'NAME'"),
]


@pytest.mark.parametrize(("arguments", "message"), REFUSED)
def test_refused(alarmchain: Run, checkout: Path, arguments: tuple[str, ...], message: str) -> None:
    """One line says what is wrong, and nothing is written."""
    before = entries(checkout)
    completed = alarmchain("new-rule", *arguments)
    assert (completed.status, completed.out) == (2, "")
    (line,) = completed.err.splitlines()
    assert line.startswith("alarmchain: ")
    assert message in line
    assert entries(checkout) == before


def test_a_current_folder_that_is_gone(
    alarmchain: Run, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the current folder does not exist any more, one line says so."""
    gone = checkout / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    completed = alarmchain("new-rule", NAME, *CALLS)
    message = "alarmchain: cannot find the current folder: No such file or directory\n"
    assert (completed.status, completed.err) == (2, message)


PRINTABLE = st.text(min_size=1, max_size=200).filter(str.isprintable)


@tried(200)
@given(title=PRINTABLE, description=PRINTABLE, rationale=PRINTABLE)
def test_any_text(title: str, description: str, rationale: str) -> None:
    """Every printable text is in control.toml as it is, and breaks no line of the handler."""
    control = new_control("Own", pattern=PATTERN, title=title, description=description)
    written = tomllib.loads(control_toml(control))
    assert (written["title"], written["description"]) == (title, description)
    module = ast.parse(handler(control, rationale, Narrowing("all", without="Call")))
    assert "Indicative Severity:\n  Medium\n" in (ast.get_docstring(module) or "")
    assert len(module.body) == 3


def test_outside_of_a_checkout(
    alarmchain: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message says what a checkout is, and what to do."""
    monkeypatch.chdir(tmp_path)
    completed = alarmchain("new-rule", NAME, *CALLS)
    assert (completed.status, completed.out) == (2, "")
    assert completed.err == (
        f"alarmchain: {tmp_path} is not in a checkout of alarmchain, which has the folders"
        " alarmchain/ and rules/: clone the repository, and run the command there\n"
    )


def test_a_broken_link_of_that_name(alarmchain: Run, checkout: Path) -> None:
    """A broken link with the rule's name is not replaced, and another name is asked for."""
    (checkout / "rules" / NAME).symlink_to("nowhere")
    completed = alarmchain("new-rule", NAME, *CALLS)
    assert completed.err.startswith(f"alarmchain: rules/{NAME} exists already: choose another")


def test_another_rule_that_is_wrong(alarmchain: Run, checkout: Path) -> None:
    """If another rule's control.toml is wrong, the message names that file."""
    file = checkout / "rules" / "CMKChanges" / "control.toml"
    file.write_text("x = 3")
    completed = alarmchain("new-rule", NAME, *CALLS)
    assert completed.err.startswith(f"alarmchain: {file}: the file has the unknown key 'x'")


@pytest.mark.parametrize("function", ["mkdir", "write_text", "rename"])
def test_a_folder_that_cannot_be_written(
    alarmchain: Run, checkout: Path, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    """Whichever step fails, one line says why, and no new file is left."""
    before = entries(checkout)

    def fails(*_: object, **__: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(Path, function, fails)
    completed = alarmchain("new-rule", NAME, *CALLS)
    monkeypatch.undo()
    target = checkout / "rules" / NAME
    assert (completed.status, completed.out) == (2, "")
    assert completed.err == f"alarmchain: cannot write {target}: No space left on device\n"
    assert entries(checkout) == before
