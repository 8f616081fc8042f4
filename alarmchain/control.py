"""The requirement of a rule: control.toml, read and checked."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAMES = (
    "FilterName",
    "MetricName",
    "MetricNamespace",
    "AlarmName",
    "AlarmDescription",
    "TopicName",
)


class ControlError(ValueError):
    """A control.toml that cannot be used; the message names the file, the entry and the fault."""


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
        source, colon, name = text.strip().partition(":")
        service, _, domain = source.partition(".")
        if not colon or not service or domain != "amazonaws.com" or not name.isidentifier():
            raise ValueError("expected SERVICE.amazonaws.com:EventName")
        return cls(source, name, read_only)

    def __str__(self) -> str:
        return f"{self.event_source}:{self.event_name}"


@dataclass(frozen=True, slots=True)
class ServedControl:
    """Controls of one compliance framework that a rule implements.

    `versions`: the framework's versions with the same wording, empty if it has no versions.
    `controls`: the framework's own numbers with their titles, empty if the source names the
    framework alone. `source`: the page that says so.
    """

    framework: str
    versions: tuple[str, ...]
    controls: Mapping[str, str]
    source: str

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
    """

    name: str
    title: str
    description: str
    severity: str
    calls: Mapping[str, tuple[Call, ...]]
    names: Mapping[str, str]
    mappings: tuple[ServedControl, ...] = ()
    cis_pattern: str = ""

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
        return _Reader(file, document).control()


class _Reader:
    def __init__(self, file: Path, document: Mapping[str, Any]) -> None:
        self.file = file
        self.document = document

    def control(self) -> Control:
        lists = self._table("calls")
        names = self._table("names")
        return Control(
            name=self._text(self.document, "name"),
            title=self._text(self.document, "title"),
            description=self._text(self.document, "description", most=256),
            severity=self._text(self.document, "severity"),
            calls={key: self._calls(lists, key) for key in ("cis", "extended")},
            names={key: self._text(names, key) for key in NAMES},
            mappings=self._mappings(),
            cis_pattern=self._text(lists, "cis_pattern") if "cis_pattern" in lists else "",
        )

    def _table(self, key: str) -> Mapping[str, Any]:
        table = self.document.get(key)
        if not isinstance(table, dict):
            raise ControlError(f"{self.file}: [{key}] is missing")
        return table

    def _text(self, table: Mapping[str, Any], key: str, most: int = 1024) -> str:
        value = table.get(key)
        if not isinstance(value, str) or not 0 < len(value) <= most:
            raise ControlError(
                f"{self.file}: '{key}' is {value!r}; expected 1 to {most} characters"
            )
        return value

    def _calls(self, lists: Mapping[str, Any], key: str) -> tuple[Call, ...]:
        value = lists.get(key, [])
        if not isinstance(value, list) or (key == "cis" and not value):
            raise ControlError(f"{self.file}: calls.{key} is {value!r}; expected a list of calls")
        calls = []
        for item in value:
            if not isinstance(item, str):
                raise ControlError(f"{self.file}: calls.{key} holds {item!r}; expected a string")
            try:
                calls.append(Call.parse(item))
            except ValueError as error:
                raise ControlError(f"{self.file}: calls.{key} holds {item!r}: {error}") from None
        return tuple(calls)

    def _mappings(self) -> tuple[ServedControl, ...]:
        tables = self.document.get("mapping", [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise ControlError(f"{self.file}: 'mapping' is {tables!r}; expected [[mapping]] tables")
        return tuple(self._mapping(table) for table in tables)

    def _mapping(self, table: Mapping[str, Any]) -> ServedControl:
        unknown = sorted(set(table) - {"framework", "versions", "controls", "source"})
        if unknown:
            raise ControlError(
                f"{self.file}: [[mapping]] has '{unknown[0]}'; "
                "expected framework, versions, controls, source"
            )
        framework = self._text(table, "framework")
        versions, controls = table.get("versions", []), table.get("controls", {})
        if not isinstance(versions, list) or not all(
            isinstance(version, str) for version in versions
        ):
            raise ControlError(
                f"{self.file}: versions of '{framework}' is {versions!r}; expected a list of texts"
            )
        if not isinstance(controls, dict):
            raise ControlError(
                f"{self.file}: controls of '{framework}' is {controls!r}; expected a table"
            )
        return ServedControl(
            framework=framework,
            versions=tuple(versions),
            controls={key: self._text(controls, key) for key in controls},
            source=self._text(table, "source"),
        )


def known_controls() -> dict[str, Control]:
    """Return every rule's control by name, from the installed package or else from the checkout."""
    package = Path(__file__).parent
    for folder in (package / "controls", package.parent / "rules"):
        files = sorted(folder.glob("*/control.toml"))
        if files:
            controls = [Control.load(file) for file in files]
            return {control.name: control for control in controls}
    raise ControlError(f"{package / 'controls'}: the folder has no control.toml of a rule")
