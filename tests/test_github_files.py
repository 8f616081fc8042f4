"""action.yml, the pre-commit hook and the workflows do what they say."""

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from alarmchain.cli.main import group
from deployment.folders import CHECKOUT

EXAMPLE = CHECKOUT / "examples" / "templates" / "alarms.yaml"
ACTION = yaml.safe_load((CHECKOUT / "action.yml").read_text())
(HOOK,) = yaml.safe_load((CHECKOUT / ".pre-commit-hooks.yaml").read_text())
WORKFLOWS = {
    file.stem: yaml.safe_load(file.read_text())
    for file in sorted(CHECKOUT.glob(".github/workflows/*.yml"))
}
STEPS = [
    step
    for steps in (
        ACTION["runs"]["steps"],
        *(job["steps"] for each in WORKFLOWS.values() for job in each["jobs"].values()),
    )
    for step in steps
]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.get("uses", step.get("run"))[:40])
def test_a_step_takes_no_text_from_outside(step: dict[str, Any]) -> None:
    """A script has no expression in its text, and another's action is pinned to a commit."""
    assert "${{" not in step.get("run", "")
    if "uses" in step and step["uses"] != "./":
        assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", step["uses"])


def test_the_linters_check_the_workflows(tmp_path: Path) -> None:
    """zizmor, which make lint runs, refuses an expression in a script."""
    zizmor = [str(Path(sys.executable).with_name("zizmor")), "--offline", "--no-progress"]
    good, bad = tmp_path / "good.yml", tmp_path / "bad.yml"
    good.write_text((CHECKOUT / ".github" / "workflows" / "ci.yml").read_text())
    bad.write_text(good.read_text().replace("run: make test", "run: echo ${{ github.head_ref }}"))
    assert subprocess.run([*zizmor, good], capture_output=True, check=False).returncode == 0
    refused = subprocess.run([*zizmor, bad], capture_output=True, text=True, check=False)
    assert refused.returncode != 0
    assert "template-injection" in refused.stdout


def test_ci_tests_every_python() -> None:
    """The workflow runs `make test` on each Python of the classifiers, and may only read."""
    workflow = WORKFLOWS["ci"]
    job = workflow["jobs"]["test"]
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    versions = re.findall(r"Python :: (\d\.\d+)", "\n".join(project["classifiers"]))
    assert job["strategy"]["matrix"]["python"] == versions
    assert job["steps"][-1] == {"run": "make test"}
    assert workflow["permissions"] == {"contents": "read"}
    assert all("permissions" not in each for each in workflow["jobs"].values())


@pytest.mark.parametrize(("tag", "status"), [("v{}", 0), ("v{}.1", 1), ("v.*", 1)])
def test_a_release_has_the_tag_of_its_version(tag: str, status: int) -> None:
    """The release stops at a tag that is not the version of pyproject.toml."""
    steps = WORKFLOWS["release"]["jobs"]["build"]["steps"]
    (script,) = (step["run"] for step in steps if step.get("name") == "The tag is the version")
    version = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["version"]
    environment = {"PATH": os.environ["PATH"], "GITHUB_REF_NAME": tag.format(version)}
    done = subprocess.run(["bash", "-ec", script], cwd=CHECKOUT, env=environment, check=False)
    assert done.returncode == status


def test_the_guide_of_the_action_and_the_hook() -> None:
    """The examples of docs/ci.md have inputs and a hook that exist; the table has every input."""
    guide = (CHECKOUT / "docs" / "ci.md").read_text()
    workflow, config = map(yaml.safe_load, re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL))
    (ours,) = (step for step in workflow["steps"] if "alarmchain@" in step.get("uses", ""))
    assert set(ours["with"]) <= set(ACTION["inputs"])
    section = guide.split("### As a GitHub Action")[1].split("\n###")[0]
    assert re.findall(r"^\| `([\w-]+)` \|", section, re.MULTILINE) == list(ACTION["inputs"])
    (hook,) = config["repos"][0]["hooks"]
    assert hook["id"] == HOOK["id"]
    assert_is_command([*shlex.split(HOOK["entry"])[1:], *hook["args"], "file.yaml"])


def assert_is_command(arguments: list[str]) -> None:
    """Assert that alarmchain has the command and its options."""
    name, *rest = arguments
    command = group.get_command(click.Context(group), name)
    assert command is not None
    command.make_context(name, rest)


def test_the_guide_of_installing() -> None:
    """Each command of docs/installing.md runs alarmchain, or installs its one package."""
    guide = (CHECKOUT / "docs" / "installing.md").read_text()
    lines = "".join(re.findall(r"```sh\n(.*?)```", guide, re.DOTALL)).splitlines()
    source = r"(git\+https://github\.com/OWNER/alarmchain@v0\.1\.0|\.)"
    kinds = {
        rf"uvx --from {source} alarmchain (?P<command>.*)",
        rf"(pipx|uv tool) install {source}",
        rf'pip install "alarmchain @ {source}"',
        "make (?P<target>.*)",
    }
    for line in lines:
        (match,) = filter(None, (re.fullmatch(kind, line) for kind in kinds))
        named = match.groupdict()
        if "command" in named:
            assert_is_command(shlex.split(named["command"]))
        if "target" in named:
            assert re.search(rf"^{named['target']}: ", (CHECKOUT / "Makefile").read_text(), re.M)


RunAction = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def action(tmp_path: Path) -> RunAction:
    """Return a function that runs the action's last script with inputs, as GitHub's runner does.

    The environment of the tests stands for the one that the action installs.
    """
    (tmp_path / "alarmchain").symlink_to(Path(sys.executable).parents[1])
    (tmp_path / "work" / "infrastructure").mkdir(parents=True)
    step = ACTION["runs"]["steps"][-1]

    def run(**inputs: str) -> "subprocess.CompletedProcess[str]":
        values = {name: each.get("default", "") for name, each in ACTION["inputs"].items()}
        values |= {name.replace("_", "-"): value for name, value in inputs.items()}
        contexts = {f"inputs.{name}": value for name, value in values.items()}
        contexts["github.action_path"] = str(CHECKOUT)
        environment = {
            name: re.sub(r"\$\{\{ (\S+) \}\}", lambda match: contexts[match[1]], value)
            for name, value in step["env"].items()
        }
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=tmp_path / "work",
            env={
                "PATH": os.environ["PATH"],
                "RUNNER_TEMP": str(tmp_path),
                "GITHUB_OUTPUT": str(tmp_path / "outputs"),
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def copy_example(folder: Path, name: str, pattern_part: str = "") -> None:
    """Write the example template, without a part of its patterns."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(EXAMPLE.read_text().replace(pattern_part, ""))


def test_the_action_checks_globs(action: RunAction, tmp_path: Path) -> None:
    """Each template of the globs is checked; the status is an output and the exit status."""
    infrastructure = tmp_path / "work" / "infrastructure"
    copy_example(infrastructure, "one.yaml")
    copy_example(infrastructure, "deep/er/two words.yaml")
    rules = "CloudTrailChanges\n CMKChanges"
    done = action(templates="infrastructure/**/*.yaml\n", rules=rules, format="json")
    assert (done.returncode, done.stderr) == (0, "")
    first, *reports, last = done.stdout.splitlines()
    assert [json.loads(line)["template"] for line in reports] == [
        "infrastructure/deep/er/two words.yaml",
        "infrastructure/one.yaml",
    ]
    assert {rule["rule"] for rule in json.loads(reports[0])["rules"]} == {
        "CloudTrailChanges",
        "CMKChanges",
    }
    # GitHub runs no command in the report until the random word comes again.
    assert re.fullmatch(r"::stop-commands::(\w{32,})", first)
    assert last == f"::{first.rpartition(':')[2]}::"
    copy_example(infrastructure, "one.yaml", "$.eventName = DisableKey ||")
    globs, report = str(infrastructure / "*.yaml"), tmp_path / "work" / "report.sarif"
    done = action(templates=globs, rules="CMKChanges", format="sarif", output="report.sarif")
    assert (done.returncode, done.stderr) == (1, "")
    assert "CMKChanges: 1 of 2 calls covered" in done.stdout
    (run,) = json.loads(report.read_text())["runs"]
    assert {result["ruleId"] for result in run["results"]} == {"CMKChanges"}
    assert (tmp_path / "outputs").read_text() == "status=0\nstatus=1\n"


def test_the_action_passes_parameters(action: RunAction, tmp_path: Path) -> None:
    """Parameters of the rules and of the template reach the command as they are."""
    copy_example(tmp_path / "work", "t.yaml")
    done = action(
        templates="t.yaml",
        rules="CMKChanges",
        parameters="FailedCalls=required\nAdditionalCalls=kms.amazonaws.com:CancelKeyDeletion",
        template_parameters="LogGroupName=a  b",
    )
    assert done.returncode == 1
    assert "escapes  CancelKeyDeletion" in done.stdout
    assert "on log group a  b" in done.stdout


def test_the_action_runs_no_module_of_the_repository(action: RunAction, tmp_path: Path) -> None:
    """A checked repository may hold a module that has the name of one that the action imports."""
    work = tmp_path / "work"
    copy_example(work, "t.yaml")
    for name in ("alarmchain/__init__.py", "alarmchain/__main__.py", "click.py", "json.py"):
        (work / name).parent.mkdir(exist_ok=True)
        (work / name).write_text("open('pwned', 'w').close()")
    done = action(templates="t.yaml", rules="CMKChanges")
    assert (done.returncode, done.stderr) == (0, "")
    assert "CMKChanges: 2 of 2 calls covered" in done.stdout
    assert not (work / "pwned").exists()


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"templates": " \n"}, "input 'templates' is empty"),
        ({"templates": "*.yaml\nno/*.json"}, "input 'templates': no file matches 'no/*.json'"),
        ({"templates": "$(touch pwned) `touch pwned`"}, "no file matches '$(touch pwned)"),
        ({"templates": "t.yaml", "rules": "Nope"}, "rule 'Nope' is unknown"),
        ({"templates": "t.yaml", "rules": "x; touch pwned"}, "rule 'pwned' is unknown"),
        ({"templates": "t.yaml", "rules": "VPCChanges", "rule_set": "all"}, "exclude each other"),
        ({"templates": "t.yaml", "rule_set": "--help"}, "rule set '--help' is unknown"),
        ({"templates": "t.yaml", "parameters": "CallList"}, "parameter 'CallList' has no value"),
        ({"templates": "t.yaml", "format": "xml"}, "'xml' is not one of"),
        ({"templates": "t.yaml", "output": "no/folder"}, "there is no folder no"),
        ({"templates": "-h.yaml"}, "-h.yaml: expected a CloudFormation template"),
    ],
    ids=str,
)
def test_inputs_that_cannot_be_used(
    action: RunAction, tmp_path: Path, inputs: dict[str, str], words: str
) -> None:
    """The status is 2 and standard error has one line; no input is run as a command."""
    copy_example(tmp_path / "work", "t.yaml")
    (tmp_path / "work" / "-h.yaml").write_text("not a template")
    done = action(**inputs)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert words in line
    assert not (tmp_path / "work" / "pwned").exists()
    assert (tmp_path / "outputs").read_text() == "status=2\n"


def test_the_action_installs_itself(tmp_path: Path) -> None:
    """The install script makes an environment and gives pip the action's folder and its pins."""
    step = ACTION["runs"]["steps"][1]
    log = tmp_path / "log"
    python = tmp_path / "python"
    # A fake Python: it logs its arguments, and its environments have the same fake Python.
    python.write_text(
        f'#!/bin/sh\necho "$@" >> {log}\n'
        'if [ "$3" = venv ]; then mkdir -p "$4/bin"; cp "$0" "$4/bin/python"; fi\n'
    )
    python.chmod(0o755)
    subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        env={
            "PATH": os.environ["PATH"],
            "RUNNER_TEMP": str(tmp_path / "a b"),
            "PYTHON": str(python),
            "ACTION": str(CHECKOUT),
        },
        check=True,
    )
    made, installed = log.read_text().splitlines()
    assert made == f"-I -m venv {tmp_path}/a b/alarmchain"
    assert installed.startswith("-I -m pip install ")
    assert installed.endswith(f"--constraint {CHECKOUT}/constraints.txt {CHECKOUT}")


def test_the_hook(tmp_path: Path) -> None:
    """The hook checks several files at once, and fails if one has a filter that misses a record."""
    copy_example(tmp_path, "good.yaml")
    copy_example(tmp_path, "bad.yaml", "$.eventName = DisableKey ||")
    statuses = []
    for files in (["good.yaml"], ["good.yaml", "bad.yaml"]):
        # pre-commit runs the entry with the user's `args`, then the files.
        program, *arguments = shlex.split(HOOK["entry"])
        arguments += ["--rule", "CMKChanges", *files]
        done = subprocess.run(
            [Path(sys.executable).with_name(program), *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stderr == ""
        assert done.stdout.count("do its metric filters match") == len(files)
        statuses.append(done.returncode)
    assert statuses == [0, 1]


def test_the_hook_gives_no_name_that_is_an_option() -> None:
    """A name such as `--output=a.json` would replace a file."""
    assert re.search(HOOK["exclude"], "--output=a.json")
    assert not re.search(HOOK["exclude"], "infrastructure/a-b.yaml")


def test_the_hook_installs_the_command() -> None:
    """pre-commit installs this repository as a Python package, whose script is the hook's entry."""
    scripts = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["scripts"]
    assert HOOK["language"] == "python"
    assert "args" not in HOOK  # a user's args would replace them
    assert shlex.split(HOOK["entry"])[0] in scripts
    assert HOOK["require_serial"] is True
