"""`make terraform`: what `rdk export` writes, mended, as Terraform reads it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from demo.account import HOME
from demo.steps import Run
from deployment.errors import DeploymentError
from deployment.folders import CHECKOUT
from deployment.terraform import EXPORTED, fix_module

MODULES = {"1.x": "rdk_module", "1.x_organization": "rdk_organization_module"}


def export(run: Run, output: Path, *options: str) -> Path:
    """`make terraform`, in the run's own copies of the rule folders."""
    command = ["--region", HOME, "--rules-root", str(run.work / "rules"), "--output", str(output)]
    done = subprocess.run(
        [sys.executable, "-m", "deployment.terraform", *command, *options],
        cwd=CHECKOUT,
        env=run.aws.child_environment(HOME, run.account),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return output / EXPORTED


def every_reference_is_met(folder: Path, call: str) -> None:
    """What `terraform validate` would ask without a provider: the call gives each variable of the
    module that has no default, and no other; what the module refers to is in the module."""
    text = re.sub(r"#.*", "", "\n".join(file.read_text() for file in folder.glob("*.tf")))
    blocks = re.findall(r'^variable "(\w+)" \{(.*?)^\}', text, re.DOTALL | re.MULTILINE)
    given = set(re.findall(r"^  (\w+)\s+=", call, re.MULTILINE)) - {"source"}
    required = {
        name for name, body in blocks if not re.search(r"^\s+default\s+=", body, re.MULTILINE)
    }
    assert required <= given <= {name for name, _ in blocks}
    assert set(re.findall(r"\bvar\.(\w+)", text)) <= {name for name, _ in blocks}
    kept = re.findall(r"^locals \{(.*?)^\}", text, re.DOTALL | re.MULTILINE)
    locals_ = set(re.findall(r"^  (\w+)\s+=", "".join(kept), re.MULTILINE))
    assert set(re.findall(r"\blocal\.(\w+)", text)) <= locals_
    made = {".".join(pair) for pair in re.findall(r'^resource "(\w+)" "(\w+)"', text, re.MULTILINE)}
    made |= {
        f"data.{kind}.{name}" for kind, name in re.findall(r'^data "(\w+)" "(\w+)"', text, re.M)
    }
    used = re.findall(r"(?<![\w.\"])((?:data\.)?(?:aws|archive)_\w+\.\w+)", text)
    assert set(used) <= made
    assert given
    assert used


@pytest.mark.parametrize("version", MODULES)
def test_the_module_zips_the_whole_folder(run: Run, tmp_path: Path, version: str) -> None:
    """From the module's own folder, its source is the built rule: the module that the function
    imports, and what that imports in turn."""
    options = ["--organization"] if version == "1.x_organization" else []
    written = export(run, tmp_path / "terraform", *options, "--code-bucket", "code")
    data = (written / MODULES[version] / "data.tf").read_text()
    (source,) = re.findall(r'source_dir = "\$\{path\.module\}/(.*)"', data)
    (target,) = re.findall(r'output_path = "\$\{path\.module\}/(.*)"', data)
    assert "source_file" not in data
    for rule in run.rules:
        folder = (written / "m" / source.replace("${var.rule_name}", rule)).resolve()
        for name in (f"{rule}.py", "control.toml", "alarmchain/rule.py", "rdklib/__init__.py"):
            assert (folder / name).is_file()
        assert folder not in (written / "m" / target.replace("${var.rule_name}", rule)).parents
        module = (written / f"{rule}.tf").read_text()
        assert re.search(r'source_bucket\s+= "code"', module)
        assert re.search(r'source_periodic\s+= "TwentyFour_Hours"', module)
        assert re.search(rf'source\s+= "./{MODULES[version]}"', module)
        every_reference_is_met(written / MODULES[version], module)


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")
def test_terraform_reads_it(run: Run, tmp_path: Path) -> None:
    """Terraform parses every file and finds every module. Its providers would be downloads, so
    what they would say is not asked."""
    written = export(run, tmp_path / "terraform")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("TF_")
    } | {"CHECKPOINT_DISABLE": "1"}
    got = subprocess.run(
        ["terraform", "get", "-no-color"],
        cwd=written,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert got.returncode == 0, got.stderr
    assert sorted(got.stdout.split("- ")[1:]) == sorted(
        f"{rule} in rdk_module\n" for rule in run.rules
    )
    # Syntax, in every file of the module as well (3: would be formatted otherwise; 2: an error).
    read = subprocess.run(
        ["terraform", "fmt", "-recursive", "-no-color", "-list=false", "-write=false", "."],
        cwd=written,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert read.returncode == 0, read.stderr


def test_another_rdk_is_noticed(tmp_path: Path) -> None:
    """A module that RDK writes otherwise is not half mended in silence."""
    file = tmp_path / "data.tf"
    file.write_text('data "archive_file" "lambda" {}\n')
    with pytest.raises(DeploymentError, match=r"data.tf of rdk export has changed"):
        fix_module(file)
    assert file.read_text() == 'data "archive_file" "lambda" {}\n'
