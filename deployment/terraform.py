"""`make terraform`: `rdk export`, and a module that zips the whole rule folder.

RDK's own module (1.0.0) zips the rule's one file, without what it imports, so that the function
that Terraform makes fails at its import. What RDK exports is otherwise left as it is.
"""

from pathlib import Path

import click

from deployment.build import build
from deployment.errors import ProblemError
from deployment.folders import CHECKOUT, RULES, rule_folders
from deployment.rdk import rdk
from deployment.staging import stage

TERRAFORM = CHECKOUT / "build" / "terraform"
EXPORTED = "terraform_rdk_rules"
"""The folder that `rdk export` makes beside the rules; `terraform` is run in it."""

_FOLDER = '"${path.module}/../../${var.rule_name}'
# A zip inside the folder would be zipped along the next time.
_MENDED = {
    f'source_file = {_FOLDER}/${{var.rule_name}}.py"': f'source_dir = {_FOLDER}"',
    f'output_path = {_FOLDER}/${{var.rule_name}}.zip"': f'output_path = {_FOLDER}.zip"',
}

_PATH = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.option("--region", required=True, help="The region to which Terraform shall deploy.")
@click.option("--organization", is_flag=True, help="Organization rules, not one account's.")
@click.option("--code-bucket", help="A bucket for the code; RDK's own otherwise.")
@click.option("--lambda-role-arn", help="A role for the functions; the module makes one otherwise.")
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
    folders = rule_folders(rules_root, names)
    for folder in folders:
        build(folder)
    stage(folders, output)
    run = rdk(region, ["export", "--all", "--add-provider-manifest", *options], output)
    if run.status:
        raise ProblemError(f"rdk export failed (status {run.status}): {run.last_words}")
    for module in sorted((output / EXPORTED).glob("rdk_*module")):
        mend(module / "data.tf")
    click.echo(f"written to {output / EXPORTED}; run terraform there")


def mend(file: Path) -> None:
    """Makes the module zip the rule's folder. Raises ProblemError if RDK's text is another."""
    text = file.read_text()
    for old, new in _MENDED.items():
        if text.count(old) != 1:
            raise ProblemError(f"{file.name} of rdk export has changed: no single {old}")
        text = text.replace(old, new)
    file.write_text(text)


if __name__ == "__main__":
    main()
