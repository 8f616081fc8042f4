"""`coverage --template` as SARIF and JUnit XML: files, lines, logical IDs and addresses."""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from tests.command_line import Run
from tests.report.sarif_schema import run_of
from tests.template.template_builder import DELETE, KEYS, plan, terraform_filter

CHECKED = ("--rule", "CMKChanges")
YAML = """Resources:
  Alarm:
    Type: AWS::SNS::Topic
  Filter:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: trail
      FilterPattern: "{ $.eventName = DisableKey }"
      MetricTransformations:
        - {MetricName: n, MetricNamespace: s, MetricValue: "1"}
"""
LOOP = """Resources:
  Fn::ForEach::Filters:
    - Name
    - [DisableKey, ScheduleKeyDeletion]
    - Filter${Name}:
        Type: AWS::Logs::MetricFilter
        Properties:
          LogGroupName: trail
          FilterPattern: !Sub "{ $.eventName = ${Name} && $.x = 1 }"
          MetricTransformations:
            - {MetricName: n, MetricNamespace: s, MetricValue: "1"}
Transform: AWS::LanguageExtensions
"""


def sarif(alarmchain: Run, *files: str, status: int = 1, rule: str = "CMKChanges") -> Any:
    """Return the run of the SARIF log about the files."""
    completed = alarmchain("coverage", "--template", *files, "--rule", rule, "--format", "sarif")
    assert completed.status == status, completed.err
    return run_of(completed.out)


def place(location: dict[str, Any]) -> tuple[str, int, str]:
    """Return the file's URI, the line and the resource of a location."""
    physical = location["physicalLocation"]
    (logical,) = location.get("logicalLocations", [{"fullyQualifiedName": ""}])
    uri, line = physical["artifactLocation"]["uri"], physical["region"]["startLine"]
    return uri, line, logical["fullyQualifiedName"]


def test_the_line_of_the_pattern(alarmchain: Run, tmp_path: Path) -> None:
    """The result points to the FilterPattern of the filter that misses calls."""
    file = tmp_path / "alarms.yaml"
    file.write_text(YAML)
    (result,) = sarif(alarmchain, str(file))["results"]
    assert place(result["locations"][0]) == (file.as_uri(), 8, "Filter")
    assert result["ruleId"] == "CMKChanges"
    assert result["level"] == "error"
    assert "ScheduleKeyDeletion" in result["message"]["text"]


def test_the_lines_of_a_loop(alarmchain: Run, tmp_path: Path) -> None:
    """Each copy of a loop has the line of its pattern; further filters are related locations."""
    file = tmp_path / "loop.yaml"
    file.write_text(LOOP)
    (result,) = sarif(alarmchain, str(file))["results"]
    places = [place(each) for each in (*result["locations"], *result["relatedLocations"])]
    assert places == [
        (file.as_uri(), 9, "FilterDisableKey"),
        (file.as_uri(), 9, "FilterScheduleKeyDeletion"),
    ]


def test_the_address_of_a_terraform_resource(alarmchain: Run, tmp_path: Path) -> None:
    """The result names the resource's address in the plan."""
    address = "module.alarms.aws_cloudwatch_log_metric_filter.keys[0]"
    filters = [terraform_filter(address, pattern=DELETE)]
    file = plan(tmp_path, planned_values={"root_module": {"resources": filters}})
    (result,) = sarif(alarmchain, file)["results"]
    assert place(result["locations"][0]) == (Path(file).as_uri(), 1, address)


def test_a_rule_without_a_filter_points_to_the_file(
    alarmchain: Run, tmp_path: Path, monkeypatch: Any
) -> None:
    """A relative path stays relative, and a colon in it is escaped."""
    monkeypatch.chdir(tmp_path)
    Path("a: b.yaml").write_text(YAML)
    (result,) = sarif(alarmchain, "a: b.yaml", rule="VPCChanges")["results"]
    assert place(result["locations"][0]) == ("a%3A%20b.yaml", 1, "")


def test_covered_and_unusable_files(alarmchain: Run, tmp_path: Path) -> None:
    """A covered file has no result; an unusable one is a notification at its place."""
    good, bad, no_template = (tmp_path / name for name in ("good.yaml", "bad.yaml", "text.yaml"))
    good.write_text(YAML.replace("{ $.eventName = DisableKey }", KEYS))
    bad.write_text(YAML.replace("= DisableKey }", "= }"))
    no_template.write_text("x")
    run = sarif(alarmchain, str(good), str(bad), str(no_template), status=2)
    assert run["results"] == []
    (invocation,) = run["invocations"]
    assert not invocation["executionSuccessful"]
    invalid, unread = invocation["toolExecutionNotifications"]
    assert place(invalid["locations"][0]) == (bad.as_uri(), 8, "Filter")
    assert "not a filter pattern" in invalid["message"]["text"]
    assert place(unread["locations"][0]) == (no_template.as_uri(), 1, "")


def test_junit(alarmchain: Run, tmp_path: Path) -> None:
    """A suite for each file, a case for each rule: passed, failed or not checked."""
    good, narrow, bad = (tmp_path / name for name in ("good.yaml", "narrow.yaml", "bad.yaml"))
    good.write_text(YAML.replace("{ $.eventName = DisableKey }", KEYS))
    narrow.write_text(YAML)
    bad.write_text("x")
    files = (str(good), str(narrow), str(bad))
    completed = alarmchain("coverage", "--template", *files, *CHECKED, "--format", "junit")
    assert completed.status == 2
    root = ElementTree.fromstring(completed.out)
    results = {suite.get("name"): [child.tag for child in suite[0]] for suite in root}
    assert results == {
        files[0]: ["system-out"],
        files[1]: ["failure", "system-out"],
        files[2]: ["error"],
    }
    failure = root.find(".//failure")
    assert failure is not None
    assert str(failure.text).startswith("ScheduleKeyDeletion: escapes: ")


def test_several_formats_in_one_run(alarmchain: Run, tmp_path: Path) -> None:
    """Each format goes to its own file."""
    file, log = tmp_path / "alarms.yaml", tmp_path / "log.sarif"
    file.write_text(YAML)
    completed = alarmchain(
        "coverage", "--template", str(file), *CHECKED, "--format", "sarif", "--output", str(log),
        "--format", "text", "--output", "-",
    )  # fmt: skip
    assert completed.status == 1
    assert "CMKChanges: 1 of 2 calls covered" in completed.out
    assert len(run_of(log.read_text())["results"]) == 1


def test_formats_that_need_a_template(alarmchain: Run) -> None:
    """A pattern has the formats text and json alone."""
    for options, message in (
        (("--format", "sarif"), "--format sarif needs --template"),
        (("--format", "json", "--format", "text"), "2 --format need --template"),
        (("--output", "x"), "--output needs --template"),
    ):
        completed = alarmchain("coverage", *CHECKED, KEYS, *options)
        assert (completed.status, completed.out, completed.err) == (
            2,
            "",
            f"alarmchain: {message}\n",
        )
