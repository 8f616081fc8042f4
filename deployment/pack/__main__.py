"""`python -m deployment.pack`: what the Makefile runs for `make pack`."""

from collections.abc import Mapping
from pathlib import Path

import click

from deployment.clean_output_folder import emptied
from deployment.errors import ProblemError
from deployment.folders import CHECKOUT, RULES, rule_folders
from deployment.pack.check import problems
from deployment.pack.code import zipped
from deployment.pack.options import REMEDIATIONS, Options, values
from deployment.pack.prerequisites import prerequisites
from deployment.pack.rules import PackRule
from deployment.pack.stackset_templates import central_template, member_template, stack_set
from deployment.pack.template import pack_template
from deployment.pack.yaml_text import written

PACK = CHECKOUT / "build" / "pack"
CODE_BUCKET = Path(__file__).with_name("code-bucket.yaml")
MOST_BODY = 51_200
"""Bytes of a template that is sent along with CreateStack; a larger one goes by way of S3."""

_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.option("--remediation", default=REMEDIATIONS[0], help="|".join(REMEDIATIONS))
@click.option("--account", default="", help="The account whose pack it is, for its remediations.")
@click.option("--central-account", "central", default="", help="The functions' account, if apart.")
@click.option("--partition", default="aws", help="aws, aws-us-gov, aws-cn ...")
@click.option("--rules-root", type=_FOLDER, default=RULES, help="rules/")
@click.option("--output", type=_FOLDER, default=PACK, help="build/pack/")
@click.argument("given", metavar="[NAME=VALUE ...]", nargs=-1)
def main(
    remediation: str,
    account: str,
    central: str,
    partition: str,
    rules_root: Path,
    output: Path,
    given: tuple[str, ...],
) -> None:
    """Write a conformance pack and the stacks that must stand before it.

    NAME=VALUE sets the default of a parameter of the pack.
    """
    options = Options(remediation, account, central, partition, values(given))
    for file, size in write(rules_root, output, options).items():
        click.echo(f"{file.relative_to(output)}: {size} bytes{by_s3(file, size)}")
    click.echo(f"written to {output}; docs/deploying.md says what to do with it")


def write(rules_root: Path, output: Path, options: Options) -> Mapping[Path, int]:
    """Writes everything into `output`, which holds nothing else afterwards.

    Returns each file's size in bytes. Raises ProblemError before anything is touched.
    """
    rules = [PackRule.read(folder) for folder in rule_folders(rules_root)]
    codes = {rule.name: zipped(rule.folder) for rule in rules}
    pack = written(pack_template(rules, options))
    wrong = problems(pack)
    if wrong:
        raise ProblemError(f"AWS Config would refuse the pack: {'; '.join(wrong)}")
    files = {
        "conformance-pack.yaml": pack.encode(),
        "prerequisites.yaml": written(prerequisites(rules, codes, options)).encode(),
        "code-bucket.yaml": CODE_BUCKET.read_bytes(),
    }
    if options.central:
        files["central-role.yaml"] = written(central_template()).encode()
        files["member-role.yaml"] = written(member_template(options.central)).encode()
    else:
        files["stack-set.yaml"] = written(stack_set(rules, codes, options)).encode()
    files |= {f"code/{code.key}": code.data for code in codes.values()}
    emptied(output)
    for name, data in files.items():
        (output / name).parent.mkdir(parents=True, exist_ok=True)
        (output / name).write_bytes(data)
    return {output / name: len(data) for name, data in files.items()}


def by_s3(file: Path, size: int) -> str:
    """What to mind of a template that is too large to be sent along."""
    if file.suffix != ".yaml" or size <= MOST_BODY:
        return ""
    return f" (over {MOST_BODY}: deploy it with --s3-bucket)"


if __name__ == "__main__":
    main()
