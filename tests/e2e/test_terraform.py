"""`make terraform`: the modules of `rdk export`, with its errors fixed."""

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
    """Run `make terraform` with the run's own copies of the rule folders; return its output."""
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


def every_reference_is_defined(folder: Path, call: str) -> None:
    """Assert what `terraform validate` checks, without a provider.

    The call sets each variable of the module that has no default, and only variables of the module.
    Every reference of the module is to something in the module.
    """
    text = re.sub(r"#.*", "", "\n".join(file.read_text() for file in folder.glob("*.tf")))
    blocks = re.findall(r'^variable "(\w+)" \{(.*?)^\}', text, re.DOTALL | re.MULTILINE)
    set_by_call = set(re.findall(r"^  (\w+)\s+=", call, re.MULTILINE)) - {"source"}
    required = {
        name for name, body in blocks if not re.search(r"^\s+default\s+=", body, re.MULTILINE)
    }
    assert required <= set_by_call <= {name for name, _ in blocks}
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
    assert set_by_call
    assert used


@pytest.mark.parametrize("version", MODULES)
def test_the_module_zips_the_whole_folder(run: Run, tmp_path: Path, version: str) -> None:
    """The module's zip contains the whole built rule folder, with the core and rdklib."""
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
        every_reference_is_defined(written / MODULES[version], module)


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")
def test_terraform_reads_it(run: Run, tmp_path: Path) -> None:
    """Terraform parses every file and finds every module.

    Providers are not checked, because they would have to be downloaded.
    """
    written = export(run, tmp_path / "terraform")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("TF_")
    } | {"CHECKPOINT_DISABLE": "1"}
    modules = subprocess.run(
        ["terraform", "get", "-no-color"],
        cwd=written,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert modules.returncode == 0, modules.stderr
    assert sorted(modules.stdout.split("- ")[1:]) == sorted(
        f"{rule} in rdk_module\n" for rule in run.rules
    )
    # `fmt` parses every file, also those of the module; an error of syntax has status 2.
    parsed = subprocess.run(
        ["terraform", "fmt", "-recursive", "-no-color", "-list=false", "-write=false", "."],
        cwd=written,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert parsed.returncode == 0, parsed.stderr


@pytest.mark.parametrize(
    ("region", "partition"), [("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")]
)
def test_other_partitions(run: Run, tmp_path: Path, region: str, partition: str) -> None:
    """Every ARN of the module is in the region's partition."""
    written = export(run, tmp_path / "terraform", "--region", region, "--code-bucket", "code")
    text = "".join(file.read_text() for file in written.rglob("*.tf"))
    assert set(re.findall(r"arn:([\w-]+):", text)) == {partition}


def test_a_region_of_no_partition(run: Run, tmp_path: Path) -> None:
    """A region that no partition has is refused in one line."""
    command = ["--region", "nowhere", "--output", str(tmp_path / "terraform")]
    done = subprocess.run(
        [sys.executable, "-m", "deployment.terraform", *command],
        cwd=CHECKOUT,
        env=run.aws.child_environment(HOME, run.account),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "Error: REGION is 'nowhere'; expected one, such as us-east-1\n"


def test_another_rdk_is_noticed(tmp_path: Path) -> None:
    """If RDK writes another module, `make terraform` fails and leaves the file unchanged."""
    file = tmp_path / "data.tf"
    file.write_text('data "archive_file" "lambda" {}\n')
    with pytest.raises(DeploymentError, match=r"data.tf of rdk export has changed"):
        fix_module(file)
    assert file.read_text() == 'data "archive_file" "lambda" {}\n'
