"""`make terraform`: run `rdk export`, and correct two errors of its module.

The module of RDK 1.0.0 zips only the rule's one file, without the modules that it imports, so the
function fails when it starts. Its ARNs name the partition `aws`, which GovCloud and China refuse.
The rest of the export is unchanged.
"""

from pathlib import Path

import botocore.session
import click
from botocore.exceptions import UnknownRegionError

from deployment.build import build
from deployment.errors import DeploymentError
from deployment.folders import CHECKOUT, RULES, rule_folders
from deployment.rdk import rdk
from deployment.staging import stage

TERRAFORM = CHECKOUT / "build" / "terraform"
EXPORTED = "terraform_rdk_rules"
"""The folder that `rdk export` makes next to the rules; `terraform` runs in it."""

_FOLDER = '"${path.module}/../../${var.rule_name}'
# A zip inside the folder would be part of the next zip.
_CORRECTIONS = {
    f'source_file = {_FOLDER}/${{var.rule_name}}.py"': f'source_dir = {_FOLDER}"',
    f'output_path = {_FOLDER}/${{var.rule_name}}.zip"': f'output_path = {_FOLDER}.zip"',
}

_PATH = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.option("--region", required=True, help="The region to deploy to.")
@click.option("--organization", is_flag=True, help="Export organization rules.")
@click.option("--code-bucket", help="A bucket for the code. Default: RDK's bucket.")
@click.option("--lambda-role-arn", help="A role for the functions. Default: the module makes one.")
@click.option("--rules-root", type=_PATH, default=RULES, help="rules/")
@click.option("--output", type=_PATH, default=TERRAFORM, help="build/terraform/")
@click.argument("names", metavar="[RULE ...]", nargs=-1)
def main(
    region: str,
    organization: bool,
    code_bucket: str | None,
    lambda_role_arn: str | None,
    rules_root: Path,
    output: Path,
    names: tuple[str, ...],
) -> None:
    """Export the rules as Terraform modules."""
    options = ["--output-version", "1.x_organization" if organization else "1.x"]
    options += ["--custom-code-bucket", code_bucket] if code_bucket else []
    options += ["--lambda-role-arn", lambda_role_arn] if lambda_role_arn else []
    partition = _partition(region)
    folders = rule_folders(rules_root, names)
    for folder in folders:
        build(folder)
    stage(folders, output)
    run = rdk(region, ["export", "--all", "--add-provider-manifest", *options], output)
    if run.status:
        raise DeploymentError(f"rdk export failed (status {run.status}): {run.last_line}")
    for module in sorted((output / EXPORTED).glob("rdk_*module")):
        fix_module(module / "data.tf")
        set_partition(module, partition)
    click.echo(f"written to {output / EXPORTED}; run terraform there")


def fix_module(file: Path) -> None:
    """Make the module zip the rule's folder. Raises DeploymentError if RDK's text has changed."""
    text = file.read_text()
    for old, new in _CORRECTIONS.items():
        if text.count(old) != 1:
            raise DeploymentError(
                f"{file.name} of rdk export has changed: expected exactly one {old}"
            )
        text = text.replace(old, new)
    file.write_text(text)


def set_partition(module: Path, partition: str) -> None:
    """Replace the partition in the ARNs of the module's files."""
    for file in sorted(module.glob("*.tf")):
        file.write_text(file.read_text().replace("arn:aws:", f"arn:{partition}:"))


def _partition(region: str) -> str:
    """Return the region's partition. Raises DeploymentError if it has none."""
    try:
        return str(botocore.session.Session().get_partition_for_region(region))
    except UnknownRegionError:
        raise DeploymentError(f"REGION is '{region}'; expected one, such as us-east-1") from None


if __name__ == "__main__":
    main()
