"""`python -m deployment.pack`: the command of `make pack`."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import click

from deployment.clean_output_folder import clean_output_folder
from deployment.errors import DeploymentError
from deployment.folders import CHECKOUT, RULES
from deployment.pack.check import pack_errors
from deployment.pack.code import zip_code
from deployment.pack.options import REMEDIATIONS, Options, read_values
from deployment.pack.prerequisites import prerequisites
from deployment.pack.rules import PackRule
from deployment.pack.stackset_templates import (
    central_template,
    member_template,
    stack_set_template,
)
from deployment.pack.template import pack_template
from deployment.pack.yaml_text import to_yaml
from deployment.rule_set import additional_calls, chosen_folders

PACK = CHECKOUT / "build" / "pack"
CODE_BUCKET = Path(__file__).with_name("code-bucket.yaml")
MOST_BODY = 51_200
"""Bytes of a template in a request of CreateStack or PutConformancePack; a larger template must be
in S3."""

_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.option("--remediation", default=REMEDIATIONS[0], help="|".join(REMEDIATIONS))
@click.option("--account", default="", help="The pack's account, for its remediations.")
@click.option("--central-account", "central", default="", help="Account of central functions.")
@click.option("--partition", default="aws", help="aws, aws-us-gov, aws-cn ...")
@click.option("--rule-set", default="", help="cis-3.0, security-hub, all ...")
@click.option("--rules-root", type=_FOLDER, default=RULES, help="rules/")
@click.option("--output", type=_FOLDER, default=PACK, help="build/pack/")
@click.argument("given", metavar="[NAME=VALUE ...]", nargs=-1)
def main(
    remediation: str,
    account: str,
    central: str,
    partition: str,
    rule_set: str,
    rules_root: Path,
    output: Path,
    given: tuple[str, ...],
) -> None:
    """Write a conformance pack and the stacks that must be deployed before it.

    NAME=VALUE sets the default of a parameter of the pack.
    """
    options = Options(remediation, account, central, partition, read_values(given))
    for file, size in write(rules_root, output, options, rule_set).items():
        click.echo(f"{file.relative_to(output)}: {size} bytes{size_note(file, size)}")
    click.echo(f"written to {output}; next: see docs/deploying.md")


def write(
    rules_root: Path, output: Path, options: Options, rule_set: str = ""
) -> Mapping[Path, int]:
    """Replace the content of `output` by the pack's files; return each file's size in bytes.

    `rule_set`: the set of the pack's rules; "" for all rules. Raises DeploymentError before
    anything is changed.
    """
    rules = [PackRule.read(folder) for folder in chosen_folders(rules_root, (), rule_set)]
    added = {
        f"{rule.name}AdditionalCalls": calls
        for rule in rules
        if (calls := additional_calls(rule.control, rule_set))
    }
    options = replace(options, values={**added, **options.values})
    codes = {rule.name: zip_code(rule.folder) for rule in rules}
    pack = to_yaml(pack_template(rules, options))
    errors = pack_errors(pack)
    if errors:
        raise DeploymentError(f"AWS Config would refuse the pack: {'; '.join(errors)}")
    files = {
        "conformance-pack.yaml": pack.encode(),
        "prerequisites.yaml": to_yaml(prerequisites(rules, codes, options)).encode(),
        "code-bucket.yaml": CODE_BUCKET.read_bytes(),
    }
    if options.central:
        files["central-role.yaml"] = to_yaml(central_template()).encode()
        files["member-role.yaml"] = to_yaml(member_template(options.central)).encode()
    else:
        files["stack-set.yaml"] = to_yaml(stack_set_template(rules, codes, options)).encode()
    files |= {f"code/{code.key}": code.data for code in codes.values()}
    clean_output_folder(output)
    for name, data in files.items():
        (output / name).parent.mkdir(parents=True, exist_ok=True)
        (output / name).write_bytes(data)
    return {output / name: len(data) for name, data in files.items()}


def size_note(file: Path, size: int) -> str:
    """Return a note for a template that must be deployed from S3; "" for other files."""
    if file.suffix != ".yaml" or size <= MOST_BODY:
        return ""
    if file.stem == "conformance-pack":
        return f" (more than {MOST_BODY}: deploy it with --template-s3-uri, not with the StackSet)"
    return f" (more than {MOST_BODY}: deploy it with --s3-bucket)"


if __name__ == "__main__":
    main()
