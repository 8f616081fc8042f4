"""`python -m deployment.pack`: the command of `make pack`."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import click

from deployment.clean_output_folder import clean_output_folder
from deployment.errors import DeploymentError
from deployment.folders import CHECKOUT, RULES
from deployment.pack.check import MOST_PARAMETERS, pack_errors
from deployment.pack.code import Code, zip_code
from deployment.pack.delivery import MOST_BODY, PACK_FILE, STACK_SET_FILE, check_sizes, delivery
from deployment.pack.options import REMEDIATIONS, Options, read_values
from deployment.pack.parameters import left_out
from deployment.pack.prerequisites import prerequisites
from deployment.pack.rules import PackRule
from deployment.pack.stackset_templates import (
    central_template,
    member_template,
    of_each_account,
    pack_of_each_account,
    stack_set_template,
)
from deployment.pack.template import pack_template
from deployment.pack.yaml_text import to_yaml
from deployment.rule_set import additional_calls, chosen_folders

PACK = CHECKOUT / "build" / "pack"
CODE_BUCKET = Path(__file__).with_name("code-bucket.yaml")

_FOLDER = click.Path(path_type=Path, file_okay=False)


@dataclass(frozen=True, slots=True)
class Written:
    """What `write` wrote: each file's size in bytes, and what the user must know about the pack."""

    sizes: Mapping[Path, int]
    notes: tuple[str, ...]


@click.command()
@click.option("--remediation", default=REMEDIATIONS[0], help="|".join(REMEDIATIONS))
@click.option("--account", default="", help="The pack's account, for its remediations.")
@click.option("--central-account", "central", default="", help="Account of a central function.")
@click.option("--partition", default="aws", help="aws, aws-us-gov, aws-cn ...")
@click.option("--rule", "names", multiple=True, help="A rule of the pack. Default: all rules.")
@click.option("--rule-set", default="", help="cis-3.0, security-hub, all ...")
@click.option("--rules-root", type=_FOLDER, default=RULES, help="rules/")
@click.option("--output", type=_FOLDER, default=PACK, help="build/pack/")
@click.argument("given", metavar="[NAME=VALUE ...]", nargs=-1)
def main(
    remediation: str,
    account: str,
    central: str,
    partition: str,
    names: tuple[str, ...],
    rule_set: str,
    rules_root: Path,
    output: Path,
    given: tuple[str, ...],
) -> None:
    """Write a conformance pack and the stacks that must be deployed before it.

    NAME=VALUE sets the default of a parameter of the pack.
    """
    options = Options(remediation, account, central, partition, read_values(given))
    written = write(rules_root, output, options, rule_set, names)
    for file, size in written.sizes.items():
        name = str(file.relative_to(output))
        how = delivery(name, size)
        click.echo(f"{name}: {size} bytes" + (f" ({how})" if how else ""))
    for note in written.notes:
        click.echo(note)
    click.echo(f"written to {output}; next: see docs/deploying.md")


def write(
    rules_root: Path,
    output: Path,
    options: Options,
    rule_set: str = "",
    names: Iterable[str] = (),
) -> Written:
    """Replace the content of `output` by the pack's files.

    `rule_set`: the set of the pack's rules, or `names`: the rules; "" and none for all rules.
    Raises DeploymentError before anything is changed.
    """
    rules = [PackRule.read(folder) for folder in chosen_folders(rules_root, names, rule_set)]
    options = replace(options, values=_with_calls(rules, options.values, rule_set))
    template = pack_template(rules, options)
    pack = to_yaml(template)
    errors = pack_errors(pack)
    if errors:
        raise DeploymentError(f"AWS Config would refuse the pack: {'; '.join(errors)}")
    code = zip_code(rules)
    templates = {PACK_FILE: pack.encode()} | _stacks(rules, code, options)
    check_sizes(templates)
    files = templates | {f"code/{code.key}": code.data}
    clean_output_folder(output)
    for name, data in files.items():
        (output / name).parent.mkdir(parents=True, exist_ok=True)
        (output / name).write_bytes(data)
    sizes = {output / name: len(data) for name, data in files.items()}
    return Written(sizes, tuple(_notes(rules, template, options, templates)))


def _with_calls(
    rules: Iterable[PackRule], values: Mapping[str, str], rule_set: str
) -> dict[str, str]:
    """Return the values with the calls that the set adds to its rules."""
    added = {
        f"{rule.name}AdditionalCalls": calls
        for rule in rules
        if (calls := additional_calls(rule.control, rule_set))
    }
    joined = {
        name: ",".join(filter(None, (values.get(name), calls))) for name, calls in added.items()
    }
    return {**values, **joined}


def _stacks(rules: Iterable[PackRule], code: Code, options: Options) -> dict[str, bytes]:
    """Return the templates of stacks, by file."""
    stacks = {
        "prerequisites.yaml": to_yaml(prerequisites(rules, code, options)).encode(),
        "code-bucket.yaml": CODE_BUCKET.read_bytes(),
    }
    if options.central:
        stacks["central-role.yaml"] = to_yaml(central_template()).encode()
        stacks["member-role.yaml"] = to_yaml(member_template(options.central)).encode()
        return stacks
    pack = pack_of_each_account(rules, options)
    if len(pack.encode()) <= MOST_BODY:
        template = stack_set_template(pack, prerequisites(rules, code, of_each_account(options)))
        stacks[STACK_SET_FILE] = to_yaml(template).encode()
    return stacks


def _notes(
    rules: Iterable[PackRule],
    template: Mapping[str, Mapping[str, object]],
    options: Options,
    files: Iterable[str],
) -> Iterator[str]:
    """Yield what the pack does not have, and why, one line each."""
    yield f"the pack has {len(template['Parameters'])} parameters; at most {MOST_PARAMETERS}"
    for parameter, reason in left_out(rules, options).items():
        yield f"the pack does not have {parameter}: {reason}"
    if not options.central and STACK_SET_FILE not in files:
        yield (
            f"{STACK_SET_FILE} is not written: its pack has more than {MOST_BODY} bytes, and a"
            " StackSet cannot take it from S3, as it fills in the account: choose fewer rules with"
            " RULES or RULE_SET"
        )


if __name__ == "__main__":
    main()
