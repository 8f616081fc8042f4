"""The documents: valid for SSM Automation, and built from the controls."""

import ast
import io
import json
import re
import tokenize
from pathlib import Path
from typing import Any

import boto3
import jsonschema
import pytest

from alarmchain.control import Control, ControlError
from alarmchain.remediation.document import ACTIONS, document
from alarmchain.remediation.folder import (
    write_document,
    write_parameters,
)
from alarmchain.remediation.minify import minify
from alarmchain.remediation.rename_locals import rename_locals
from alarmchain.remediation.script import STEPS, script
from deployment.folders import rule_folders

Json = dict[str, Any]
FOLDERS = rule_folders()
SCHEMA = Path(__file__).with_name("ssm-document.schema.json")
RUNTIME = "python3.11"


@pytest.fixture(params=FOLDERS, ids=[folder.name for folder in FOLDERS])
def folder(request: pytest.FixtureRequest) -> Path:
    """Return each rule's folder."""
    rule_folder: Path = request.param
    return rule_folder


@pytest.fixture
def built(folder: Path) -> Json:
    """Return the rule's document."""
    return document(Control.load(folder))


def scripts(content: Json) -> dict[str, str]:
    """Return the document's scripts by the names of their steps."""
    return {
        step["name"]: step["inputs"]["Script"]
        for step in content["mainSteps"]
        if step["action"] == "aws:executeScript"
    }


@pytest.fixture
def copied(folder: Path, tmp_path: Path) -> Path:
    """Return a copy of the rule's control.toml and parameters.json, in a folder of its name."""
    copy = tmp_path / folder.name
    copy.mkdir()
    for name in ("control.toml", "parameters.json"):
        (copy / name).write_text((folder / name).read_text())
    return copy


def test_the_document_is_built_from_the_control(copied: Path) -> None:
    """remediation.json follows a changed control."""
    control = copied / "control.toml"
    control.write_text(control.read_text().replace("EventCount", "Count"))
    write_document(copied)
    assert json.loads((copied / "remediation.json").read_text()) == document(Control.load(copied))


def parameters_of(folder: Path) -> Json:
    """Return the member Parameters of the folder's parameters.json."""
    parameters: Json = json.loads((folder / "parameters.json").read_text())["Parameters"]
    return parameters


def test_the_parameters_follow_the_control(copied: Path) -> None:
    """The description and the mappings' sets are those of a changed control; own sets remain."""
    before = parameters_of(copied)
    file = copied / "parameters.json"
    own = before | {"RuleSets": [*before["RuleSets"], "ours"], "SourcePeriodic": "One_Hour"}
    file.write_text(json.dumps({"Version": "1.0", "Parameters": own, "Tags": "[]"}))
    control = copied / "control.toml"
    required = control.read_text().split("[[mapping]]")[0]
    mapping = 'framework = "CIS AWS Foundations Benchmark"\nversions = ["9.8.0"]\nsource = "x"\n'
    control.write_text(
        required.replace(before["Description"], "All is new") + f"[[mapping]]\n{mapping}"
    )
    write_parameters(copied)
    assert parameters_of(copied) == own | {
        "Description": "All is new",
        "RuleSets": ["alarmchain", "cis-9.8", "all", "ours"],
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "parameters.json cannot be read: Expecting property name"),
        ("[]", "parameters.json has no object Parameters, which RDK reads"),
        ('{"Parameters": 3}', "parameters.json has no object Parameters, which RDK reads"),
    ],
)
def test_wrong_parameters_are_refused(copied: Path, text: str, message: str) -> None:
    """The message names the file, and the file stays unchanged."""
    file = copied / "parameters.json"
    file.write_text(text)
    with pytest.raises(ControlError, match=message):
        write_parameters(copied)
    assert file.read_text() == text


def test_the_deployers_parameters_are_kept(copied: Path) -> None:
    """Writing leaves the file as it is, and removes only the remediation of earlier versions."""
    file = copied / "parameters.json"
    content = json.loads(file.read_text())
    content["Parameters"]["InputParameters"] = '{"CallList": "extended"}'
    file.write_text(json.dumps(content))
    before = file.read_text()
    write_parameters(copied)
    assert file.read_text() == before
    earlier = {**content["Parameters"], "SSMAutomation": {}, "Remediation": {}}
    file.write_text(json.dumps({**content, "Parameters": earlier}))
    write_parameters(copied)
    assert json.loads(file.read_text()) == content


def patched_schema() -> Json:
    """Return the schema with the runtime that is newer than it."""
    stale = '["python3.6","python3.7",'
    text = SCHEMA.read_text()
    assert stale in text
    schema: Json = json.loads(text.replace(stale, f'{stale}"{RUNTIME}",'))
    return schema


def test_the_schema_of_ssm_documents(built: Json) -> None:
    """The document is valid; a step without a runtime or an unknown type would not be."""
    validator = jsonschema.Draft7Validator(patched_schema())
    assert [error.message for error in validator.iter_errors(built)] == []
    broken = json.loads(json.dumps(built))
    del broken["mainSteps"][0]["inputs"]["Runtime"]
    assert not validator.is_valid(broken)
    broken = json.loads(json.dumps(built))
    broken["parameters"]["DryRun"]["type"] = "Text"
    assert not validator.is_valid(broken)


def references(value: Any) -> set[str]:
    """Return everything between double braces."""
    return set(re.findall(r"\{\{\s*([\w.:]+)\s*\}\}", json.dumps(value)))


def test_every_reference_exists(built: Json) -> None:
    """A step refers only to parameters, Automation's variables, and outputs of earlier steps."""
    known = {*built["parameters"], "global:ACCOUNT_ID", "global:REGION"}
    assert references(built["assumeRole"]) <= known
    for step in built["mainSteps"]:
        assert references(step["inputs"]) <= known
        known |= {f"{step['name']}.{output['Name']}" for output in step.get("outputs", [])}
    assert set(built["outputs"]) <= known
    used = {
        name.partition(".")[0] for name in references([built["mainSteps"], built["assumeRole"]])
    }
    assert set(built["parameters"]) <= used
    steps = {step["name"] for step in built["mainSteps"]}
    choices = [one for step in built["mainSteps"] for one in step["inputs"].get("Choices", [])]
    assert {choice["NextStep"] for choice in choices} <= steps


def test_names_and_defaults(folder: Path, built: Json) -> None:
    """The names of steps are words, and every parameter has a default."""
    assert all(re.fullmatch(r"([A-Z][a-z]+)+", step["name"]) for step in built["mainSteps"])
    parameters = built["parameters"]
    assert [name for name, one in parameters.items() if "default" not in one] == [
        "AutomationAssumeRole"
    ]
    assert parameters["ConfigRuleName"]["default"] == folder.name
    names = Control.load(folder).names
    for name in ("FilterName", "MetricName", "MetricNamespace", "AlarmName"):
        assert names[name] in parameters[name]["description"]
        assert parameters[name]["default"] == ""
    for one in parameters.values():
        if {"allowedPattern", "default"} <= one.keys():
            assert re.fullmatch(one["allowedPattern"], one["default"])


@pytest.mark.parametrize(
    ("name", "value", "taken"),
    [
        ("AdditionalCalls", "ec2.amazonaws.com:ModifySecurityGroupRules", True),
        ("AdditionalCalls", "a.amazonaws.com:A, b.amazonaws.com:B", True),
        ("AdditionalCalls", 'a.amazonaws.com:A") || ($.x = "', False),
        ("AdditionalCalls", "a.amazonaws.com:A{{B}}", False),
        ("AdditionalCalls", "A", False),
        ("TopicArn", "arn:aws-us-gov:sns:us-gov-west-1:123456789012:t", True),
        ("TopicArn", "arn:aws:sns:us-east-1:123456789012:t.fifo", False),
        ("TopicArn", "t", False),
        ("NotificationEmail", "a@example.com", True),
        ("NotificationEmail", "a", False),
        ("NotificationEmail", "a@{{ssm:b}}", False),
        ("MetricName", "a:b", False),
        ("MetricName", "Count of changes", True),
        ("FilterName", "a*", False),
        ("FilterName", "a" * 509, True),
        ("FilterName", "a" * 510, False),
        ("FilterName", "{{ssm:name}}", False),
        ("MetricName", "a {{global:REGION}}", False),
        ("MetricNamespace", "{{", False),
        ("AlarmName", "a\\{{ DryRun }}", False),
        ("AlarmName", "{a} \"b\" $c 'd'", True),
        ("LogGroupName", "/aws/trail", True),
        ("LogGroupName", "a b", False),
        ("KmsKeyId", "alias/mine", True),
        ("AutomationAssumeRole", "arn:aws:iam::123456789012:role/a/b", True),
        ("AutomationAssumeRole", "b", False),
        ("ConfigRuleName", "", False),
        ("ConfigRuleName", "{{ssm:b}}", False),
    ],
)
def test_allowed_values(name: str, value: str, taken: bool) -> None:
    """allowedPattern accepts and refuses these values."""
    pattern = document(Control.load(FOLDERS[0]))["parameters"][name]["allowedPattern"]
    assert bool(re.fullmatch(pattern, value)) is taken


def test_scripts_run_on_their_runtime(built: Json) -> None:
    """The scripts are valid in Python 3.11, and import only the standard library and boto3."""
    for name, text in scripts(built).items():
        tree = ast.parse(text, feature_version=(3, 11))
        imported = {
            (str(node.module) if isinstance(node, ast.ImportFrom) else node.names[0].name).split(
                "."
            )[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
        }
        allowed = "boto3 botocore datetime fnmatch json random re time"
        assert imported <= {*allowed.split()}, name
        functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert {"handler", "main"} <= functions
        assert nested(text) == [], name


def nested(text: str) -> list[str]:
    """Return what Python 3.11 refuses in f-strings and newer versions accept.

    That is the same quote, a backslash in an expression, or a line break.
    """
    outer: list[str] = []
    found = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in (tokenize.STRING, tokenize.FSTRING_START):
            quote = token.string[-1]
            found += [token.line] * (quote in outer or (bool(outer) and "\\" in token.string))
        if token.type == tokenize.FSTRING_START:
            outer.append(quote)
        elif token.type == tokenize.FSTRING_END:
            outer.pop()
        elif token.type == tokenize.NL and outer:
            found.append(token.line)
    return found


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("""f"{', '.join(x)}" + f'{a}'""", True),
        ("""f'{", ".join(x)} "and" {b}'""", True),
        ("""f'{', '.join(x)}'""", False),
        ("""f"{f"{a}"}" """, False),
        ("""f"{'\\n'.join(x)}" """, False),
        ("""f"{\n a}" """, False),
    ],
)
def test_the_check_for_python_3_11(text: str, taken: bool) -> None:
    """The check reports what Python 3.11 refuses."""
    assert (nested(text) == []) is taken


def test_a_script_with_a_reference_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script with double braces is refused: Automation would replace them before Python runs."""
    (tmp_path / "json_text.py").write_text("import json\n")
    (tmp_path / "step.py").write_text("def handler(events, context):\n    return f'{{x}}'\n")
    monkeypatch.setattr("alarmchain.remediation.script.STEPS", tmp_path)
    with pytest.raises(ValueError, match=r"step\.py"):
        script("step")


@pytest.mark.parametrize("file", sorted(STEPS.glob("*.py")), ids=lambda file: file.stem)
def test_minified_scripts_do_the_same(file: Path) -> None:
    """A minified script has the same syntax tree, without docstrings and type hints."""
    text = file.read_text()
    assert bare(text) == bare(minify(text))
    assert alike(minify(text)) == alike(rename_locals(minify(text)))


def alike(text: str) -> str:
    """Return the syntax tree with each function's local names numbered by their first use."""
    tree = ast.parse(text)
    for function in tree.body:
        if isinstance(function, ast.FunctionDef):
            number_locals(function)
    return ast.dump(tree)


def number_locals(function: ast.FunctionDef) -> None:
    """Replace the names of parameters and of what the function assigns."""
    names = [node for node in ast.walk(function) if isinstance(node, ast.Name | ast.arg)]
    stored = {name.arg for name in names if isinstance(name, ast.arg)}
    stored |= {
        name.id for name in names if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    }
    numbers: dict[str, str] = {}
    for name in names:
        if isinstance(name, ast.arg):
            name.arg = numbers.setdefault(name.arg, f"local {len(numbers)}")
        elif name.id in stored:
            name.id = numbers.setdefault(name.id, f"local {len(numbers)}")


def test_a_name_in_an_f_string_is_renamed() -> None:
    """A new short name is not yet used in the script; keyword arguments keep their names."""
    text = "def put(bucket, a):\n    return b(bucket=f'{bucket} {a}')"
    assert rename_locals(text) == "def put(c, a):\n    return b(bucket=f'{c} {a}')"


def bare(text: str) -> str:
    """Return the syntax tree without docstrings and type hints."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef):
            node.body = [one for one in map(_unhinted, node.body) if one is not None]
        if isinstance(node, ast.arg):
            node.annotation = None
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        if hasattr(node, "body") and isinstance(node.body, list):
            node.body = [one for one in map(_unhinted, node.body) if one is not None]
    return ast.dump(tree)


def _unhinted(node: ast.stmt) -> ast.stmt | None:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return None
    if isinstance(node, ast.ImportFrom) and node.module == "typing":
        return None
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        return ast.Assign(targets=[node.target], value=node.value)
    return node


def test_every_action_is_an_operation() -> None:
    """Every action in ACTIONS is an operation in botocore's model of its service."""
    for action in ACTIONS:
        service, operation = action.split(":")
        client = boto3.client(service, region_name="us-east-1")
        assert operation in client.meta.service_model.operation_names
