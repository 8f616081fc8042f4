"""ExemptRecords: which patterns may exempt records, and what an exemption changes."""

import re
from pathlib import Path

import pytest

from alarmchain.decision.pattern_coverage import coverage
from alarmchain.exemption import FIELDS, ExemptionError, check_exemption
from alarmchain.parameters import ParameterError, Parameters
from alarmchain.proof.prove import Verdict
from tests.builders import ACCOUNT, CONTROLS, REGION, RULE, account, judged, metric_filter, names

CHECKOUT = Path(__file__).parents[1]
ISSUER = "$.userIdentity.sessionContext.sessionIssuer"
ROLE = f'{{ {ISSUER}.arn = "arn:aws:iam::{ACCOUNT}:role/Deploy" }}'
SESSION = f'{{ $.userIdentity.arn = "arn:aws:sts::{ACCOUNT}:assumed-role/Deploy/*" }}'


@pytest.mark.parametrize(
    "pattern",
    [
        ROLE,
        SESSION,
        f'{{ {ISSUER}.userName = "Deploy" && $.userIdentity.accountId = "{ACCOUNT}" }}',
        '{ $.userIdentity.invokedBy = "cloudformation.amazonaws.com" }',
        '{ $.userIdentity.type != "Root" }',
        f"{{ ({ISSUER}.userName = Deploy) && ($.userIdentity.invokedBy NOT EXISTS) }}",
        f'{{ $.userIdentity.arn = "arn:aws:iam::{ACCOUNT}:user/ci" || {ISSUER}.userName = A }}',
    ],
)
def test_allowed(pattern: str) -> None:
    """A pattern on fields that a caller cannot choose may exempt records."""
    check_exemption(pattern)
    assert Parameters.read({"ExemptRecords": pattern}).exempted == pattern


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        (
            "{ $.userAgent = terraform }",
            "it may not name $.userAgent: the caller chooses it; allowed",
        ),
        (
            '{ $.sourceIPAddress = "198.51.100.*" }',
            "it may not name $.sourceIPAddress: a caller can",
        ),
        ('{ $.userIdentity.principalId = "*:ci" }', "holds the session's name"),
        (f"{{ {ISSUER}.userName = D || $.eventName = X }}", "it may not name $.eventName"),
        ("{ $.requestParameters.x = 1 }", "it may not name $.requestParameters.x; allowed of"),
        ('{ $.userIdentity.* = "x" }', "it may not name $.userIdentity.*"),
        (
            f'{{ {ISSUER}.arn = "*role/Deploy" }}',
            "with a wildcard, which other principals may match",
        ),
        (f'{{ {ISSUER}.userName = "Deploy*" }}', "with a wildcard"),
        ('{ $.userIdentity.arn = "*assumed-role/Deploy/*" }', "with a wildcard"),
        (
            f'{{ $.userIdentity.arn = "arn:aws:sts::{ACCOUNT}:assumed-role/De*" }}',
            "with a wildcard",
        ),
        (f'{{ $.userIdentity.arn = "arn:aws:iam::{ACCOUNT}:user/ci*" }}', "with a wildcard"),
        (SESSION.replace("=", "!="), "only with =: a caller can change the session"),
        (f"{{ {ISSUER}.arn = %Deploy% }}", "expected a text in quotes"),
        ("{ $.userIdentity.accountId = 123456789012 }", "expected a text in quotes"),
        ("Deploy", "expected a pattern on the caller's fields"),
        ("", "expected a pattern on the caller's fields"),
        ("{ $.userIdentity.type = ", "it is not a filter pattern: at character"),
        (ROLE + " " * 512, "characters; at most 512 are allowed"),
    ],
)
def test_refused(pattern: str, message: str) -> None:
    """The message names the field and the reason."""
    with pytest.raises(ExemptionError) as raised:
        check_exemption(pattern)
    assert message in str(raised.value)


def test_parameter_errors() -> None:
    """The parameter's name comes first; a message fits into an annotation."""
    for pattern in ("{ $.userAgent = x }", f'{{ {ISSUER}.userName = "a*" }}', ROLE * 5):
        with pytest.raises(ParameterError, match=r"^parameter 'ExemptRecords'") as raised:
            Parameters.read({"ExemptRecords": pattern})
        assert len(f"UNKNOWN: {raised.value}") <= 256, str(raised.value)
    assert all(field.startswith("$.userIdentity.") for field in FIELDS)


def all_but(field: str, value: str) -> str:
    """Return a pattern on all calls of the rule, except by those whose field has the value."""
    others = f"({field} NOT EXISTS || {field} != {value})"
    return f"{names()[:-1].replace('{ ', '{ (', 1)}) && {others} }}"


@pytest.mark.parametrize(
    ("exempted", "field", "value", "expected"),
    [
        (ROLE, f"{ISSUER}.arn", f'"arn:aws:iam::{ACCOUNT}:role/Deploy"', "covered"),
        (ROLE, f"{ISSUER}.arn", f'"arn:aws:iam::{ACCOUNT}:role/Other"', "not_covered"),
        (ROLE, f"{ISSUER}.userName", "Deploy", "not_covered"),
        (
            SESSION,
            "$.userIdentity.arn",
            f'"arn:aws:sts::{ACCOUNT}:assumed-role/Deploy/*"',
            "covered",
        ),
        (SESSION, "$.userIdentity.arn", f'"arn:aws:sts::{ACCOUNT}:assumed-role/D*"', "not_covered"),
        ("{ $.userIdentity.type = Root }", "$.userIdentity.type", "Root", "covered"),
    ],
)
def test_effect(exempted: str, field: str, value: str, expected: str) -> None:
    """A filter may leave out exempted records, and no others."""
    document = account(metric_filters=[metric_filter(all_but(field, value))])
    assert judged(document).outcome.value == "not_covered"
    assessment = judged(document, ExemptRecords=exempted)
    assert assessment.outcome.value == expected
    assert exempted[:60] in assessment.annotation or expected != "covered"


def test_the_guide() -> None:
    """The guide's filter covers a rule with the guide's exemption, and not without NOT EXISTS."""
    guide = (CHECKOUT / "docs" / "exemptions.md").read_text()
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL)
    exempted, pattern, by_name = (text for language, text in blocks if not language)
    check_exemption(by_name)
    control = CONTROLS["CMKChanges"]
    classes = Parameters.read({"ExemptRecords": exempted}).required_classes(
        control, region=None, account=None
    )
    narrowed = re.sub(r"\(\S+ NOT EXISTS\s*\|\| ", "(", pattern)
    assert narrowed != pattern
    for text, verdict in ((pattern, Verdict.COVERED), (narrowed, Verdict.ESCAPES)):
        assert {proof.verdict for proof in coverage(classes, text).proofs.values()} == {verdict}


def test_the_annotation_says_what_is_exempted() -> None:
    """A covered rule's annotation always has it, shortened if it is long."""
    long = " || ".join(f"{ISSUER}.userName = Role{number}" for number in range(7))
    annotation = judged(account(), ExemptRecords=f"{{ {long} }}").annotation
    assert annotation.startswith("All 5 calls covered but for { $.userIdentity.sessionContext.")
    assert len(annotation) <= 256


@pytest.mark.parametrize(
    "pattern",
    ["{ $.userIdentity.type = * }", "{ $.userIdentity.type != a || $.userIdentity.type = a }"],
)
def test_a_whole_class_is_not_exempted(pattern: str) -> None:
    """An exemption of every record of a class is refused, not proven."""
    parameters = Parameters.read({"ExemptRecords": pattern})
    with pytest.raises(ParameterError, match="exempts every record of CreateTrail") as raised:
        parameters.required_classes(CONTROLS[RULE], region=REGION, account=ACCOUNT)
    assert "exempt fewer" in str(raised.value)
