"""A JUnit XML report: the parts that every report in this format shares.

Source: the elements that CI servers read, as in the schema of Jenkins' xUnit plugin (junit-10.xsd).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.etree import ElementTree

from alarmchain.report.escape_text import visible


@dataclass(frozen=True, slots=True)
class Case:
    """A test case. `result`: its element (failure, error or skipped), "" if it passed.

    `message`: the result's one line; `details`: its further text; `output`: text of a case,
    whatever its result.
    """

    name: str
    class_name: str
    result: str = ""
    kind: str = ""
    message: str = ""
    details: str = ""
    output: str = ""


@dataclass(frozen=True, slots=True)
class Suite:
    """Test cases under one name. `timestamp`: in UTC, without a zone; "" if it is not known."""

    name: str
    cases: tuple[Case, ...]
    timestamp: str = ""
    properties: dict[str, str] = field(default_factory=dict)


def document(suites: Iterable[Suite]) -> str:
    """Return the XML document, indented."""
    root = ElementTree.Element("testsuites", name="alarmchain")
    total: dict[str, int] = {}
    for suite in suites:
        element = ElementTree.SubElement(root, "testsuite", name=visible(suite.name))
        counts = _counts(suite.cases)
        for name, count in counts.items():
            element.set(name, str(count))
            total[name] = total.get(name, 0) + count
        if suite.timestamp:
            element.set("timestamp", suite.timestamp)
        if suite.properties:
            properties = ElementTree.SubElement(element, "properties")
            for name, value in suite.properties.items():
                ElementTree.SubElement(properties, "property", name=name, value=visible(value))
        for case in suite.cases:
            _add(element, case)
    for name, count in total.items():
        root.set(name, str(count))
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def _counts(cases: tuple[Case, ...]) -> dict[str, int]:
    results = [case.result for case in cases]
    return {
        "tests": len(cases),
        "failures": results.count("failure"),
        "errors": results.count("error"),
        "skipped": results.count("skipped"),
    }


def _add(suite: ElementTree.Element, case: Case) -> None:
    element = ElementTree.SubElement(
        suite, "testcase", name=visible(case.name), classname=visible(case.class_name)
    )
    if case.result:
        result = ElementTree.SubElement(element, case.result, message=visible(case.message))
        if case.kind:
            result.set("type", case.kind)
        if case.details:
            result.text = visible(case.details)
    if case.output:
        ElementTree.SubElement(element, "system-out").text = visible(case.output)
