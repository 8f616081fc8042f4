"""`alarmchain audit`: the text report, the output file and the refused options."""

import json
import re
from importlib.metadata import version
from pathlib import Path

import pytest

from alarmchain.testing.account import ACCOUNT, REGION
from tests.cli.audit_report import COUNTS, RULES, report, snapshot
from tests.command_line import Run

EMPTY = "it is empty; expected the path of a file"


def test_the_text_report(alarmchain: Run, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text has a table of rules and regions, and the fault and the fix of each finding."""
    monkeypatch.setenv("COLUMNS", "100")
    completed = alarmchain("audit", "--snapshot", str(file))
    assert (completed.status, completed.err) == (1, "")
    lines = completed.out.splitlines()
    when = f"read at 2026-11-20T12:00:00Z by alarmchain {version('alarmchain')}"
    title = "Would a dangerous call reach a subscriber?"
    assert lines[:2] == [title, f"Account {ACCOUNT}, {when}"]
    table = [re.split("  +", line)[:3] for line in lines[5 : lines.index("", 5)]]
    assert table == [
        [rule, REGION, "covered" if rule == "ConfigChanges" else "not covered"] for rule in RULES
    ]
    cause = completed.out[completed.out.index("\n1. not covered: ") :]
    for label in ("breaks:", "rules:", "where:", "observed:", "expected:", "fix:"):
        assert f"\n   {label}" in cause
    assert f"{COUNTS}." in cause
    assert "ConfigChanges" not in cause.partition("\n\n")[0]
    assert completed.out.endswith("\n")


def test_all_regions_are_one_cause(alarmchain: Run, tmp_path: Path) -> None:
    """The home region of the log group and the others, which name it, have the same cause."""
    document = snapshot()
    home = document["Regions"][REGION]
    document["Regions"] |= {
        region: {"trails": home["trails"]} for region in ("eu-west-1", "eu-west-2")
    }
    path = tmp_path / "account.json"
    path.write_text(json.dumps(document))
    completed = alarmchain("audit", "--snapshot", str(path), "--rule", "CMKChanges")
    assert "CMKChanges in all 3 regions: 3 results" in completed.out
    assert completed.out.count("  fix:") == 1


def test_names_cannot_control_the_terminal(alarmchain: Run, tmp_path: Path) -> None:
    """Control characters in names of the account are shown as their codes."""
    document = snapshot()
    region = document["Regions"][REGION]
    region["metric_alarms"][0] |= {"AlarmName": "a\x1b[31mb\u202e[bold]", "Threshold": 5.0}
    path = tmp_path / "account.json"
    path.write_text(json.dumps(document))
    out = alarmchain("audit", "--snapshot", str(path), "--rule", "ConfigChanges").out
    assert all(character.isprintable() or character == "\n" for character in out)
    assert "[bold]" in out


def test_a_report_in_a_file(alarmchain: Run, file: Path, tmp_path: Path) -> None:
    """The report replaces the old file, and standard output has a one-line summary."""
    target = tmp_path / "report.json"
    target.write_text("old")
    completed = alarmchain(
        "audit", "--snapshot", str(file), "--format", "json", "--output", str(target)
    )
    assert completed.status == 1
    assert completed.out == f"{COUNTS}; see {target}\n"
    assert len(report(target.read_text())["results"]) == len(RULES)
    assert sorted(tmp_path.iterdir()) == [file, target]


def test_names_separated_by_commas(alarmchain: Run, file: Path) -> None:
    """Rules and regions may be in one option, in several, or both; each counts once."""
    completed = alarmchain(
        "audit", "--snapshot", str(file), "--format", "json", "--rule", "CMKChanges, ConfigChanges",
        "--rule", "CMKChanges", "--region", f"eu-west-1,{REGION}",
    )  # fmt: skip
    results = report(completed.out)["results"]
    assert [(each["rule"], each["region"]) for each in results] == [
        (rule, region)
        for rule in ("CMKChanges", "ConfigChanges")
        for region in sorted(("eu-west-1", REGION))
    ]


def test_a_snapshot_from_standard_input(alarmchain: Run, file: Path) -> None:
    """- is standard input; a fault in it is reported under that name."""
    arguments = ("audit", "--snapshot", "-", "--format", "json")
    completed = alarmchain(*arguments, stdin=file.read_bytes())
    assert completed.out == alarmchain(*arguments[:2], str(file), *arguments[3:]).out
    broken = alarmchain(*arguments, stdin=b"{")
    assert (broken.status, broken.out) == (2, "")
    assert broken.err.startswith("alarmchain: standard input is not valid JSON: ")


def test_several_reports_in_one_run(alarmchain: Run, file: Path, tmp_path: Path) -> None:
    """Each format is written to its own file, and one of them may be standard output."""
    page, table = tmp_path / "page.html", tmp_path / "table.csv"
    completed = alarmchain(
        "audit", "--snapshot", str(file), "--format", "html", "--output", str(page), "--format",
        "json", "--output", "-", "--format", "csv", "--output", str(table),
    )  # fmt: skip
    assert completed.status == 1
    assert len(report(completed.out)["results"]) == len(RULES)
    assert page.read_text().startswith("<!DOCTYPE html>")
    assert len(table.read_text().splitlines()) == len(RULES) + 1


def test_the_summary_names_all_files(alarmchain: Run, file: Path, tmp_path: Path) -> None:
    """If no report goes to standard output, the summary is there."""
    paths = [tmp_path / "a", tmp_path / "b"]
    formats = ("--format", "json", "--format", "csv")
    outputs = ("--output", str(paths[0]), "--output", str(paths[1]))
    completed = alarmchain("audit", "--snapshot", str(file), *formats, *outputs)
    assert completed.out == f"{COUNTS}; see {paths[0]}, {paths[1]}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("--format", "json", "--format", "csv"),
            "2 --format and 0 --output: give each --format its own --output",
        ),
        (
            ("--output", "a", "--output", "b"),
            "1 --format and 2 --output: give each --format its own --output",
        ),
        (
            ("--format", "json", "--format", "csv", "--output", "a", "--output", "./a"),
            "a is given for two reports",
        ),
        (
            ("--format", "json", "--format", "csv", "--output", "-", "--output", "-"),
            "standard output is given for two reports",
        ),
        (("--rule", "X"), f"rule 'X' is unknown; known: {', '.join(RULES)}"),
        (("--profile", "p"), "--profile cannot be used with --snapshot"),
        (("--parameter", "X"), "parameter 'X' has no value; expected NAME=VALUE"),
        (
            ("--parameter", "FailedCalls=maybe"),
            "parameter 'FailedCalls' is 'maybe'; allowed: ignored, required",
        ),
        (
            ("--parameter", "CallList=cis", "--parameter", "CallList=cis"),
            "parameter 'CallList' is set twice",
        ),
        (
            ("--parameter", "ExemptRecords=x"),
            "parameter 'ExemptRecords': expected a pattern on the caller's fields, such as"
            " { $.field = value }",
        ),
        (
            ("--parameter", "ExemptRecords={ $.userIdentity.type = * }"),
            "parameter 'ExemptRecords' exempts every record of DisableKey; exempt fewer,"
            " or remove the rule CMKChanges",
        ),
        (("--verbose",), "--verbose cannot be used with --snapshot"),
        (("--region", "us-east-1,"), "region '': expected a name such as us-east-1"),
        (("--rule", "CMKChanges,X"), f"rule 'X' is unknown; known: {', '.join(RULES)}"),
        (("--region", "here"), "region 'here': expected a name such as us-east-1"),
        (("--output", "."), "cannot write .: it is a folder"),
        (("--output", ""), f"Invalid value for '--output': {EMPTY}"),
        (("--snapshot", ""), f"Invalid value for '--snapshot': {EMPTY}"),
        (("--output", "no/x"), "cannot write no/x: there is no folder no"),
        (
            ("--region", REGION, "--all-regions"),
            "--all-regions and --region exclude each other",
        ),
    ],
)
def test_refused_options(
    alarmchain: Run, file: Path, arguments: tuple[str, ...], message: str
) -> None:
    """Standard error has one line, there is no report, and the status is 2."""
    completed = alarmchain("audit", "--snapshot", str(file), *arguments)
    assert (completed.status, completed.out, completed.err) == (2, "", f"alarmchain: {message}\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_loses_no_report(alarmchain: Run, file: Path) -> None:
    """A report that cannot be written goes to standard output, and a line says so."""
    completed = alarmchain(
        "audit", "--snapshot", str(file), "--format", "json", "--output", "/dev/full"
    )
    assert completed.status == 2
    assert len(report(completed.out)["results"]) == len(RULES)
    assert completed.err == (
        "alarmchain: cannot write /dev/full: No space left on device;"
        " the report was written to standard output instead\n"
    )


def test_an_impossible_file_is_refused_before_the_work(
    alarmchain: Run, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No rule is assessed if the report's folder accepts no file, or its name is too long."""
    from alarmchain.cli import snapshot_file

    monkeypatch.delattr(snapshot_file, "assess")
    for path in (file.parent / ("x" * 300), Path("/proc/x")):
        completed = alarmchain("audit", "--snapshot", str(file), "--output", str(path))
        assert (completed.status, completed.out) == (2, "")
        assert completed.err.startswith(f"alarmchain: cannot write {path}: ")


@pytest.mark.parametrize("option", ["--snapshot", "--exceptions"])
def test_a_report_replaces_no_file_that_is_read(
    alarmchain: Run, file: Path, tmp_path: Path, option: str
) -> None:
    """Whoever names the snapshot again as the output keeps it."""
    exceptions, link = tmp_path / "exceptions.toml", tmp_path / "link"
    exceptions.touch()
    read = {"--snapshot": file, "--exceptions": exceptions}
    link.symlink_to(read[option])
    before = read[option].read_bytes()
    arguments = [text for pair in read.items() for text in map(str, pair)]
    for path in (read[option], link):
        completed = alarmchain("audit", *arguments, "--output", str(path))
        assert (completed.status, completed.out) == (2, "")
        assert completed.err == f"alarmchain: cannot write {path}: the command reads this file\n"
    assert read[option].read_bytes() == before


def test_an_unknown_format(alarmchain: Run, file: Path) -> None:
    """The message names the known formats."""
    completed = alarmchain("audit", "--snapshot", str(file), "--format", "pdf")
    assert (completed.status, completed.out) == (2, "")
    assert "'pdf' is not one of 'text', 'json'" in completed.err
