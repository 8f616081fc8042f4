"""The requirement of a rule: control.toml, read and checked."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from alarmchain.control_table import ControlError as ControlError
from alarmchain.control_table import Table
from alarmchain.filter_pattern.ast import JsonPattern, atoms
from alarmchain.filter_pattern.errors import PatternSyntaxError
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.proof.prove import is_empty
from alarmchain.records.record_class import matching_records

LISTS = ("cis", "extended")
"""The lists of what a rule requires: CallList=extended adds the second to the first."""
REGIONS = ("each", "leader")
"""The regions that record what a rule requires: each one, or only the leader of its partition."""
READ_ONLY = ("false", "unknown")
"""What [calls] may say of `readOnly` in the records of its calls; by default, none only reads."""
NAMES = (
    "FilterName",
    "MetricName",
    "MetricNamespace",
    "AlarmName",
    "AlarmDescription",
    "TopicName",
)
MOST_DESCRIPTION = 255
"""Of a rule. AWS Config allows 256 characters (API reference, ConfigRule), RDK's template 255."""
_CALL = re.compile(r"([a-z0-9-]+\.amazonaws\.com):([A-Za-z][A-Za-z0-9_]*)")


@dataclass(frozen=True, slots=True)
class Call:
    """A management API call by its record's `eventSource` and `eventName`.

    `read_only`: the record's `readOnly`, None if it is unknown.
    """

    event_source: str
    event_name: str
    read_only: bool | None = False

    @classmethod
    def parse(cls, text: str, *, read_only: bool | None = False) -> "Call":
        """Return the call of a text such as `ec2.amazonaws.com:CreateSecurityGroup`.

        Raises ValueError.
        """
        parts = _CALL.fullmatch(text.strip())
        if not parts:
            raise ValueError("expected SERVICE.amazonaws.com:EventName")
        return cls(parts[1], parts[2], read_only)

    def __str__(self) -> str:
        return f"{self.event_source}:{self.event_name}"


@dataclass(frozen=True, slots=True)
class MatchingRecords:
    """A class of records without a call's name: the management events that `pattern` matches.

    `events`: so many of them within a period of an alarm must make it go off, 1 to 100.
    `published`: the benchmark's own filter pattern, which the remediation writes; "" if it is
    `pattern`.
    """

    name: str
    pattern: str
    events: int = 1
    published: str = ""


@dataclass(frozen=True, slots=True)
class ServedControl:
    """Controls of one compliance framework that a rule implements.

    `versions`: the framework's versions with the same wording, empty if it has no versions.
    `controls`: the framework's own numbers with their titles, empty if the source names the
    framework alone. `source`: the page that says so. `additional_calls`: what these versions
    require besides the rule's list `cis`.
    """

    framework: str
    versions: tuple[str, ...]
    controls: Mapping[str, str]
    source: str
    additional_calls: tuple[Call, ...] = ()

    @property
    def editions(self) -> tuple[str, ...]:
        """The framework's name with each version: `NIST CSF 2.0`."""
        return tuple(f"{self.framework} {version}" for version in self.versions) or (
            self.framework,
        )


@dataclass(frozen=True, slots=True)
class Control:
    """The requirement of one rule.

    `calls`: the list `cis`, and the list `extended` of the calls that are added to it.
    `cis_pattern`: the benchmark's own filter pattern for the list `cis`, "" if there is none.
    `names`: the names of the resources that the remediation makes, by the keys of NAMES.
    `mappings`: the controls of compliance frameworks that the rule implements.
    `management_calls`: those of the calls that only an organization's management account can make.
    `records`: the classes without a call's name, in the same two lists. `region`: one of REGIONS.
    """

    name: str
    title: str
    description: str
    severity: str
    calls: Mapping[str, tuple[Call, ...]]
    names: Mapping[str, str]
    mappings: tuple[ServedControl, ...] = ()
    records: Mapping[str, tuple[MatchingRecords, ...]] = field(
        default_factory=lambda: dict.fromkeys(LISTS, ())
    )
    region: str = "each"
    cis_pattern: str = ""
    management_calls: tuple[Call, ...] = ()

    @classmethod
    def load(cls, path: str | Path) -> "Control":
        """Return the control of a control.toml, or of a rule's folder. Raises ControlError."""
        file = Path(path)
        file = file / "control.toml" if file.is_dir() else file
        try:
            document = tomllib.loads(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise ControlError(f"{file}: {error.strerror}") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ControlError(f"{file}: not TOML: {error}") from None
        return _control(Table(str(file), "", document))


_KEYS = (
    "name",
    "title",
    "description",
    "severity",
    "region",
    "calls",
    "records",
    "names",
    "mapping",
)
_PLACE_FIELDS = ("awsRegion", "recipientAccountId")
"""The fields that say where a record was written."""
_LONGEST_CLASS = 80
"""An annotation shows so many characters of a class's name."""
_MOST_EVENTS = 100


def _control(file: Table) -> Control:
    file.refuse_unknown(_KEYS)
    names = file.table("names")
    names.refuse_unknown(NAMES)
    lists = file.table("calls", required=False)
    calls = _calls(lists)
    records = _records(file.table("records", required=False), calls)
    if not calls["cis"] and not records["cis"]:
        raise file.error("neither [calls] nor [records] has an entry in the list cis")
    return Control(
        name=file.text("name"),
        title=file.text("title"),
        description=file.text("description", most=MOST_DESCRIPTION),
        severity=file.text("severity"),
        calls=calls,
        names={key: names.text(key) for key in NAMES},
        mappings=tuple(_mapping(table, _read_only(lists)) for table in file.tables("mapping")),
        records=records,
        region=file.choice("region", REGIONS, default="each"),
        cis_pattern=lists.text("cis_pattern") if "cis_pattern" in lists.entries else "",
        management_calls=_management_calls(lists, calls),
    )


def _management_calls(table: Table, calls: Mapping[str, tuple[Call, ...]]) -> tuple[Call, ...]:
    known = {call for listed in calls.values() for call in listed}
    chosen = _listed(table, "management", _read_only(table))
    for call in chosen:
        if call not in known:
            raise table.error(
                f"{table.name} 'management' holds '{call}'; expected a call of the lists"
                f" {' and '.join(LISTS)}"
            )
    return chosen


def _calls(table: Table) -> dict[str, tuple[Call, ...]]:
    table.refuse_unknown((*LISTS, "cis_pattern", "management", "read_only"))
    return {key: _listed(table, key, _read_only(table)) for key in LISTS}


def _read_only(calls: Table) -> bool | None:
    """Return what [calls] says of `readOnly` in the records of its calls, None if it is unknown."""
    return None if calls.choice("read_only", READ_ONLY, default=READ_ONLY[0]) != "false" else False


def _listed(table: Table, key: str, read_only: bool | None) -> tuple[Call, ...]:
    return tuple(_call(table, key, text, read_only) for text in table.texts(key))


def _call(table: Table, key: str, text: str, read_only: bool | None) -> Call:
    try:
        return Call.parse(text, read_only=read_only)
    except ValueError as error:
        raise table.error(f"{table.name} '{key}' holds {text!r}: {error}") from None


def _records(
    table: Table, calls: Mapping[str, tuple[Call, ...]]
) -> dict[str, tuple[MatchingRecords, ...]]:
    records: dict[str, tuple[MatchingRecords, ...]] = dict.fromkeys(LISTS, ())
    names = {call.event_name for listed in calls.values() for call in listed}
    for name in table.entries:
        entry = table.table(name)
        if not 0 < len(name) <= _LONGEST_CLASS or not name.isprintable():
            raise entry.error(
                f"{entry.name}: expected a name of 1 to {_LONGEST_CLASS} printable characters"
            )
        if name in names or ":" in name:
            raise entry.error(
                f"{entry.name}: expected a name that no call has, and without a colon"
            )
        entry.refuse_unknown(("list", "pattern", "published", "events"))
        records[entry.choice("list", LISTS)] += (_matching_records(name, entry),)
    return records


def _matching_records(name: str, entry: Table) -> MatchingRecords:
    pattern = entry.text("pattern")
    try:
        empty = is_empty(matching_records(name, pattern, region=None, account=None))
    except PatternSyntaxError as error:
        raise entry.error(f"{entry.name} 'pattern' is not a filter pattern: {error}") from None
    if empty:
        raise entry.error(
            f"{entry.name} 'pattern' matches no record; expected one that matches some record"
        )
    if field := place_field(pattern):
        raise entry.error(
            f"{entry.name} 'pattern' names {field}; leave it out, because AWS Config evaluates a"
            " rule where it is deployed"
        )
    published = entry.text("published") if "published" in entry.entries else ""
    return MatchingRecords(
        name, pattern, entry.number("events", 1, _MOST_EVENTS, default=1), published
    )


def place_field(pattern: str) -> str:
    """Return the field of a record's region or account that the filter pattern names, "" for none.

    A class of records is asked about one region and account after the other. Raises
    PatternSyntaxError.
    """
    parsed = parse(pattern)
    if not isinstance(parsed, JsonPattern):
        return ""
    names = (atom.selector.steps[0] for atom in atoms(parsed.condition))
    return next((f"$.{name}" for name in names if name in _PLACE_FIELDS), "")


def _mapping(table: Table, read_only: bool | None) -> ServedControl:
    table.refuse_unknown(("framework", "versions", "controls", "source", "additional_calls"))
    controls = table.table("controls", required=False)
    return ServedControl(
        framework=table.text("framework"),
        versions=tuple(table.texts("versions")),
        controls={key: controls.text(key) for key in controls.entries},
        source=table.text("source"),
        additional_calls=_listed(table, "additional_calls", read_only),
    )


def known_controls() -> dict[str, Control]:
    """Return every rule's control by name, from the installed package or else from the checkout.

    A process reads the files once.
    """
    return dict(_known_controls())


@cache
def _known_controls() -> Mapping[str, Control]:
    package = Path(__file__).parent
    for folder in (package / "controls", package.parent / "rules"):
        files = sorted(folder.glob("*/control.toml"))
        if files:
            controls = [Control.load(file) for file in files]
            return {control.name: control for control in controls}
    raise ControlError(f"{package / 'controls'}: the folder has no control.toml of a rule")
