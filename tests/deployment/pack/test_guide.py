"""docs/deploying.md is correct: its commands, files, names and links."""

import json
import re
import shlex
import subprocess
from pathlib import Path

import boto3
import botocore
import click
import pytest
from click.testing import CliRunner

from alarmchain.cli.main import group
from deployment.folders import CHECKOUT
from deployment.pack.__main__ import main, write
from deployment.pack.options import Options
from deployment.pack.resource_names import MEMBER_ROLE, REMEDIATION_ROLE, RULES_ROLE
from deployment.pack.yaml_text import from_yaml

GUIDE = (CHECKOUT / "docs" / "deploying.md").read_text()
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
    for line in block.splitlines()
]
OF_CLI = {
    "cloudformation deploy": {
        "--stack-name",
        "--template-file",
        "--s3-bucket",
        "--capabilities",
        "--parameter-overrides",
    },
    "s3 sync": set(),
    "s3 cp": set(),
}
"""Commands of the AWS CLI that are not API operations, with the options that the guide uses."""


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the files of a pack, without and with a central account."""
    folder = tmp_path_factory.mktemp("packs")
    for number, options in enumerate((Options(), Options(central="210987654321"))):
        write(CHECKOUT / "rules", folder / str(number), options)
    return folder


def starting(*words: str) -> list[str]:
    """Return the guide's commands that begin with one of these words."""
    return [command for command in COMMANDS if command.startswith(words)]


def options_of(command: str) -> dict[str, str]:
    """Return the values of the command's options."""
    words = shlex.split(command)
    places = [place for place, word in enumerate(words) if word.startswith("--")]
    ends = [*places, len(words)][1:]
    return {
        words[here]: " ".join(words[here + 1 : end]) for here, end in zip(places, ends, strict=True)
    }


@pytest.mark.parametrize("command", starting("aws "))
def test_what_is_asked_of_aws(command: str, packs: Path) -> None:
    """The operation, options, files and template parameters of each command exist."""
    _, service, verb = shlex.split(command)[:3]
    options = options_of(command)
    if f"{service} {verb}" in OF_CLI:
        assert set(options) - {"--region"} <= OF_CLI[f"{service} {verb}"]
    else:
        name = {"configservice": "config"}.get(service, service)
        client = boto3.Session().client(name, region_name="us-east-1")
        operation = client.meta.method_to_api_mapping[verb.replace("-", "_")]
        members = client.meta.service_model.operation_model(operation).input_shape.members
        known = {f"--{botocore.xform_name(member, '-')}" for member in members}
        assert set(options) - {"--region", "--query", "--output"} <= known
    for name in re.findall(r"build/pack/([\w.-]+)", command):
        assert list(packs.glob(f"*/{name}")), name
    template = options.get("--template-file")
    if template:
        (file, *_) = sorted(packs.glob(f"*/{Path(template).name}"))
        # The YAML reader does not know CloudFormation's short tags; parameter names need none.
        text = re.sub(r"!\w+ ", "", file.read_text()).replace("!If", "")
        parameters = from_yaml(text)["Parameters"]
        given = options.get("--parameter-overrides", "").split()
        assert {one.partition("=")[0] for one in given} <= set(parameters)


def test_a_delegated_administrator_of_stacksets() -> None:
    """Every command on a StackSet accepts --call-as DELEGATED_ADMIN."""
    model = boto3.Session().client("cloudformation", region_name="us-east-1").meta.service_model
    verbs = {shlex.split(command)[2] for command in starting("aws cloudformation ")}
    for verb in (verb for verb in verbs if "stack-set" in verb or "stack-instances" in verb):
        operation = "".join(word.capitalize() for word in verb.split("-"))
        call_as = model.operation_model(operation).input_shape.members["CallAs"]
        assert "DELEGATED_ADMIN" in call_as.enum


@pytest.mark.parametrize("command", starting("make "))
def test_what_is_asked_of_make(command: str) -> None:
    """Each target exists, and each variable's value is in the commands of make's dry run."""
    done = subprocess.run(
        [*shlex.split(command), "--dry-run", "--assume-old=.venv/.installed"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    for word in shlex.split(command)[2:]:
        name, _, value = word.partition("=")
        assert (value if name != "ORGANIZATION" else "--organization") in done.stdout


@pytest.mark.parametrize(
    "command", [one for one in starting("make pack") if "=" in one] or [pytest.param("")]
)
def test_the_packs_are_made(command: str, tmp_path: Path) -> None:
    """`make pack` accepts the values of each command in the guide."""
    values = dict(word.partition("=")[::2] for word in shlex.split(command)[2:])
    parameters = dict(item.partition("=")[::2] for item in values.pop("PARAMETERS", "").split())
    names = {"REMEDIATION": "remediation", "ACCOUNT": "account", "CENTRAL_ACCOUNT": "central"}
    options = Options(**{names[key]: value for key, value in values.items()}, values=parameters)
    assert write(CHECKOUT / "rules", tmp_path / "pack", options).sizes


def test_what_make_pack_says(tmp_path: Path) -> None:
    """The output of `make pack` in the guide consists of lines of the real output."""
    (shown,) = re.findall(r"```\n(conformance-pack.*?)```", GUIDE, re.DOTALL)
    done = CliRunner().invoke(main, ["--output", str(tmp_path / "pack")])
    assert set(shown.splitlines()) <= set(done.output.splitlines())


def test_names_and_links() -> None:
    """The guide has the names of the roles, and each of its links leads to a heading."""
    for name in (MEMBER_ROLE, RULES_ROLE, REMEDIATION_ROLE):
        assert name in GUIDE
    headings = {
        re.sub(r"[^\w -]", "", line.lstrip("# ")).lower().replace(" ", "-")
        for line in GUIDE.splitlines()
        if line.startswith("#")
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", GUIDE)) <= headings
    written = re.search(r'`("\{\\".*\}")`', GUIDE)
    assert written
    assert json.loads(json.loads(written[1])) == {
        "AssumeRoleMode": "true",
        "ExecutionRoleName": MEMBER_ROLE,
    }


@pytest.mark.parametrize("command", starting(".venv/bin/alarmchain "))
def test_what_is_asked_of_the_audit(command: str) -> None:
    """Each option in a command of alarmchain exists."""
    _, name, *_ = shlex.split(command)
    asked = group.get_command(click.Context(group), name)
    assert asked is not None
    known = {option for parameter in asked.params for option in parameter.opts}
    assert set(options_of(command)) <= known


def test_the_rest_is_rdks() -> None:
    """All commands that the other tests do not check are RDK's; tests/e2e runs those."""
    looked_at = starting("aws ", "make ", ".venv/bin/alarmchain ")
    rest = [command for command in COMMANDS if command not in looked_at]
    assert rest
    assert all(one.startswith("cd rules && ../.venv/bin/rdk --region") for one in rest)
