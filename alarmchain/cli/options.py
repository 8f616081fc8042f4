"""Options that several commands share, and the values that they are read into."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from alarmchain.cli.completion import complete_region
from alarmchain.control import Control, ControlError, known_controls
from alarmchain.parameters import ParameterError, Parameters
from alarmchain.place import ACCOUNT_ID, REGION_NAME
from alarmchain.records.record_class import RecordClass
from alarmchain.rule_sets import rules_of_set

_Command = TypeVar("_Command", bound=Callable[..., Any])

VERBOSE = click.option(
    "-v", "--verbose", is_flag=True, help="Write each call of AWS to standard error."
)
"""The option of every command that reads AWS."""
PROFILE = click.option(
    "--profile",
    metavar="NAME",
    help="Profile of the AWS configuration. Default: the environment's credentials.",
)
"""The option of every command that reads AWS."""

FILES_FOLLOW = Path()
"""The value of --template without a file of its own: only the command's arguments are files."""


class FilePath(click.Path):
    """The path of a file. It refuses an empty path, which pathlib takes for the current folder."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path. Raises click.BadParameter."""
        if value is FILES_FOLLOW:
            return value
        if not str(value):
            self.fail("it is empty; expected the path of a file", param, ctx)
        return super().convert(value, param, ctx)


SNAPSHOT = click.option(
    "--snapshot",
    type=FilePath(),
    metavar="FILE",
    help="Use FILE, written by `alarmchain collect`, without reading AWS; - is standard input.",
)
"""The option of every command that can do without AWS."""
PARAMETER = click.option(
    "--parameter",
    "pairs",
    multiple=True,
    metavar="NAME=VALUE",
    help="Parameter of the rules, such as CallList=extended; may be repeated.",
)
"""The option of every command that assesses rules."""


def regions_option(text: str) -> Callable[[_Command], _Command]:
    """Return --region, which may be repeated; `text`: its help."""
    return click.option(
        "--region",
        "regions",
        multiple=True,
        metavar="NAME,...",
        shell_complete=complete_region,
        help=text,
    )


@dataclass(frozen=True, slots=True)
class TargetOptions:
    """The accounts and regions that the options name.

    `profile`: None for the environment's credentials. `role_name`: None for the account of the
    credentials alone; otherwise the role in each of `accounts` (ids, separated by commas) or in all
    accounts of the `organization`. `verbose`: each call of AWS is written to standard error.
    """

    profile: str | None = None
    regions: tuple[str, ...] = ()
    all_regions: bool = False
    role_name: str | None = None
    accounts: str = ""
    organization: bool = False
    verbose: bool = False

    def check(self, in_file: bool) -> None:
        """Raise click.ClickException for options that exclude or need each other.

        `in_file`: whether a snapshot is audited. An account must be an id.
        """
        if self.all_regions and self.regions:
            raise click.ClickException("--all-regions and --region exclude each other")
        live = {
            "--profile": self.profile,
            "--role-name": self.role_name,
            "--accounts": self.accounts,
            "--organization": self.organization,
            "--verbose": self.verbose,
        }
        for option, value in live.items():
            if in_file and value:
                raise click.ClickException(f"{option} cannot be used with --snapshot")
        if self.accounts and self.organization:
            raise click.ClickException("--accounts and --organization exclude each other")
        others = bool(self.accounts) or self.organization
        if others and not self.role_name:
            option = "--accounts" if self.accounts else "--organization"
            raise click.ClickException(f"{option} needs --role-name, the role to assume there")
        if self.role_name and not others:
            raise click.ClickException("--role-name needs --accounts or --organization")
        for account in self.account_ids:
            if not ACCOUNT_ID.fullmatch(account):
                raise click.ClickException(f"account '{account}': expected 12 digits")

    @property
    def account_ids(self) -> tuple[str, ...]:
        """Return the ids in `accounts`, each once."""
        return split_names([self.accounts]) if self.accounts else ()


def controls() -> dict[str, Control]:
    """Return every rule's control by the rule's name. Raises click.ClickException."""
    try:
        return known_controls()
    except ControlError as error:
        raise click.ClickException(str(error)) from None


def unknown_rule(name: str, known: dict[str, Control]) -> str:
    """Return the message about a rule that is not known."""
    return f"rule '{name}' is unknown; known: {', '.join(known)}"


def control(name: str) -> Control:
    """Return a rule's control. Raises click.ClickException, which names the known rules."""
    known = controls()
    if name not in known:
        raise click.ClickException(unknown_rule(name, known))
    return known[name]


def selected_controls(rules: Iterable[str], rule_set: str | None) -> tuple[Control, ...]:
    """Return the controls of --rule or --rule-set, or all. Raises click.ClickException."""
    names = sorted(split_names(rules))
    if rule_set is None:
        return tuple(control(name) for name in names) or tuple(controls().values())
    if names:
        raise click.ClickException("--rule and --rule-set exclude each other")
    try:
        return rules_of_set(rule_set, controls())
    except ValueError as error:
        raise click.ClickException(str(error)) from None


def template_files(templates: Iterable[Path], arguments: Iterable[str]) -> tuple[Path, ...]:
    """Return the files of --template and the command's other arguments, each once.

    A shell expands `--template *.yaml` to one value and several arguments, and pre-commit puts the
    files after all options. Raises click.UsageError for an argument that is empty or a filter
    pattern, and if there is no file.
    """
    files = dict.fromkeys(file for file in templates if file is not FILES_FOLLOW)
    for argument in arguments:
        if not argument:
            raise click.UsageError("an argument is empty; expected the path of a template")
        if argument.lstrip().startswith("{") and not Path(argument).exists():
            raise click.UsageError("--template cannot be used with PATTERN")
        files[Path(argument)] = None
    if not files:
        raise click.UsageError("--template: expected the path of at least one file")
    return tuple(files)


def parameters(pairs: Sequence[str]) -> Parameters:
    """Read the NAME=VALUE pairs of --parameter. Raises click.ClickException."""
    try:
        return Parameters.read(named_values(pairs))
    except ParameterError as error:
        raise click.ClickException(str(error)) from None


def named_values(pairs: Sequence[str]) -> dict[str, str]:
    """Return the values of NAME=VALUE pairs by their names. Raises click.ClickException."""
    values: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise click.ClickException(f"parameter '{pair}' has no value; expected NAME=VALUE")
        if name in values:
            raise click.ClickException(f"parameter '{name}' is set twice")
        values[name] = value
    return values


def required_classes(rule: Control, rule_parameters: Parameters) -> dict[str, RecordClass]:
    """Return the classes that the rule requires by name, each with records of any region and
    account. Raises click.ClickException if the parameters exempt a whole class."""
    try:
        return rule_parameters.required_classes(rule, region=None, account=None)
    except ParameterError as error:
        raise click.ClickException(str(error)) from None


def split_names(values: Iterable[str]) -> tuple[str, ...]:
    """Return the names in the values of an option, which commas may separate, each once."""
    names = (name.strip() for value in values for name in value.split(","))
    return tuple(dict.fromkeys(names))


def check_regions(regions: Iterable[str]) -> tuple[str, ...]:
    """Return the regions' names, each once. Raises click.ClickException."""
    names = split_names(regions)
    for name in names:
        if not REGION_NAME.fullmatch(name):
            raise click.ClickException(f"region '{name}': expected a name such as us-east-1")
    return names
