"""What is proven about a class of records, and what a counterexample looks like."""

import pytest

from alarmchain.decision.routine_reads import breadth
from alarmchain.filter_pattern.match.match import match
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.proof.prove import Verdict, may_match, prove
from alarmchain.records.record_class import ANY_RECORD, api_call, matching_records
from alarmchain.records.record_fields import value_at
from alarmchain.records.typical_record import typical_record, typical_records

SUCCEEDED = api_call("cloudtrail.amazonaws.com", "StopLogging")
ANY_OUTCOME = api_call("cloudtrail.amazonaws.com", "StopLogging", failed=None)
ANYWHERE = api_call("cloudtrail.amazonaws.com", "StopLogging", region=None, account=None)

COVERED = [
    # because of the known fields
    "",
    "{ $.eventName = StopLogging }",
    '{ $.eventName = "Stop*" && $.eventSource = *.amazonaws.com }',
    "{ $.eventName = %^Stop[A-Z]% }",
    "{ $.eventName != Describe* && $.eventName != Get* && $.eventSource = cloudtrail* }",
    "{ $.readOnly IS FALSE && $.managementEvent IS TRUE && $.eventName = * }",
    "{ $.eventName.x NOT EXISTS && $.eventName[0] NOT EXISTS && $[0] NOT EXISTS }",
    "{ $.* = StopLogging }",
    "{ $.x = 1 && $.y = 2 || $.eventType = AwsApiCall }",
    "StopLogging",
    "StopLogging cloudtrail",
    '"cloudtrail.amazonaws.com"',
    "?StopLogging ?Nope",
    # because of all values that an unknown field can have
    "{ ($.x = *) || ($.x NOT EXISTS) }",
    "{ $.x.y.z = * || $.x.y.z NOT EXISTS }",
    "{ $.x[3] = * || $.x[3] NOT EXISTS }",
    "{ $.x = * || $.x.y NOT EXISTS }",
    "{ $.x.y NOT EXISTS || $.x[0].y NOT EXISTS }",
    "{ $.x NOT EXISTS || $.x = * && ($.y = * || $.y NOT EXISTS) }",
    "{ ($.x = * && $.y = *) || $.x NOT EXISTS || $.y NOT EXISTS }",
    # because of documented types: a string that is always present, or present as a string
    "{ $.userIdentity.type = Root || $.userIdentity.type != Root }",
    "{ $.userIdentity.userName = a* || $.userIdentity.userName != a*"
    " || $.userIdentity.userName NOT EXISTS }",
    '{ $.userIdentity.sessionContext.attributes.mfaAuthenticated = "true"'
    ' || $.userIdentity.sessionContext.attributes.mfaAuthenticated = "false"'
    " || $.userIdentity.sessionContext.attributes.mfaAuthenticated NOT EXISTS }",
    '{ $.sourceIPAddress = "1*" || $.sourceIPAddress = %^2[.]1% || $.sourceIPAddress != "1*" }',
    "{ $.readOnly IS TRUE || $.readOnly IS FALSE }",
    '"eventName"',
    "%recipientAccountId%",
    "{" + "&&".join(f"($.x{n}=*||$.x{n} NOT EXISTS)" for n in range(28)) + "}",
]
ESCAPES = [
    # pattern, the deciding selectors
    ('{ ($.eventName = StopLogging) && ($.userIdentity.type != "AssumedRole") }', "type"),
    ("{ $.eventName = DeleteTrail }", "eventName"),
    ("{ $.x = * }", "x"),
    ("{ $.x NOT EXISTS }", "x"),
    ("{ $.x = a* || $.x != a* || $.x NOT EXISTS }", "x"),
    ("{ $.x < 5 || $.x >= 5 || $.x NOT EXISTS }", "x"),
    ("{ $.x IS TRUE || $.x IS FALSE || $.x IS NULL || $.x NOT EXISTS }", "x"),
    ("{ $.x NOT EXISTS || $.x.y = * }", "x"),
    ("{ $.x NOT EXISTS || $.x.y NOT EXISTS }", "y"),
    ("{ $.x NOT EXISTS || $.x[*].y IS NULL }", "x"),
    ("{ $.x[*] = a || $.x[*].y != b || $.x NOT EXISTS }", "x"),
    ("{ $.*.nothing = * }", "nothing"),
    ("{ $.eventVersion != 1.11* }", "eventVersion"),
    ("{ $.sourceIPAddress != 198.51.100.7 }", "sourceIPAddress"),
    ("-jane StopLogging", "-jane"),
    ("StopLogging Nothing", "Nothing"),
    ("?Nothing ?Neither", "Neither"),
    ("-console StopLogging", "-console"),
]
UNKNOWN = [
    ("{ $.eventName = St*ing }", "literal"),
    ("{ $.eventName = Stop-Logging || $['x'] = 1 }", "without the dot"),
    ("{ $.eventName is null || $.eventName not exists }", "lower case"),
    ("{ $.managementEvent = true }", "IS TRUE"),
    ("{ $.eventName != 5 }", "a number with a string"),
    ('{ $.x NOT EXISTS || $.x = "*" }', "or existence"),
    ("{ $.x[*] = * || $.x[*] NOT EXISTS }", "not an array"),
    ("{ $.eventName = %Stop{1,9999}% }", "very large repeats"),
    ('"\\"eventName\\":\\"StopLogging\\""', "backslash"),
    ('"eventName: StopLogging"', "exact text"),
    ("%Stop.*Logging$%", "exact text"),
    ("[a, b = StopLogging]", "space-delimited"),
    ("{ $.x[99999999999] NOT EXISTS }", "no record could be built"),
]


@pytest.mark.parametrize("text", COVERED)
def test_covered(text: str) -> None:
    """Every record of the call matches, whatever its other fields hold."""
    proof = prove([parse(text)], SUCCEEDED)
    assert (proof.verdict, proof.counterexample) == (Verdict.COVERED, None)


@pytest.mark.parametrize(("text", "deciding"), ESCAPES)
def test_escapes(text: str, deciding: str) -> None:
    """The counterexample is a record of the call that does not match; the reason is named."""
    proof = prove([parse(text)], SUCCEEDED)
    assert proof.verdict is Verdict.ESCAPES
    assert proof.counterexample is not None
    assert SUCCEEDED.allows(proof.counterexample)
    assert match(parse(text), proof.counterexample).is_no
    assert any(name.endswith(deciding) for name in proof.deciding)


@pytest.mark.parametrize(("text", "doubt"), UNKNOWN)
def test_unknown(text: str, doubt: str) -> None:
    """If the readings differ, the answer is unknown and gives the reason."""
    proof = prove([parse(text)], SUCCEEDED)
    assert proof.verdict is Verdict.UNKNOWN
    assert any(doubt in name for name in proof.doubts)


UNIONS = [
    # patterns, verdict for successful calls, verdict for all calls
    ([], "escapes", "escapes"),
    (["{ $.x = 1 }", "{ $.eventName = StopLogging }"], "covered", "covered"),
    (["{ $.errorCode = * }", "{ $.errorCode NOT EXISTS }"], "covered", "covered"),
    (["{ $.errorCode NOT EXISTS }"], "covered", "escapes"),
    (["{ $.errorCode NOT EXISTS && $.errorMessage NOT EXISTS }"], "covered", "escapes"),
    (["{ $.u.type = Root }", "{ $.u.type != Root }"], "escapes", "escapes"),
    (["{ $.x = * }", "{ $.x NOT EXISTS && $.y = * }", "{ $.y NOT EXISTS }"], "covered", "covered"),
    (["Stop", "-Stop"], "covered", "covered"),
    (["{ $['x'] = 1 }", "{ $.eventName = DeleteTrail }"], "unknown", "unknown"),
]


@pytest.mark.parametrize(("texts", "succeeded", "any_outcome"), UNIONS)
def test_unions(texts: list[str], succeeded: str, any_outcome: str) -> None:
    """Several filters together can cover what none of them covers alone."""
    patterns = [parse(text) for text in texts]
    assert prove(patterns, SUCCEEDED).verdict.value == succeeded
    assert prove(patterns, ANY_OUTCOME).verdict.value == any_outcome


def test_the_typical_record_is_shown_if_it_escapes() -> None:
    """If the typical record does not match, it is the counterexample, unchanged."""
    pattern = parse('{ ($.eventName = StopLogging) && ($.userIdentity.type != "AssumedRole") }')
    assert prove([pattern], SUCCEEDED).counterexample == typical_record(SUCCEEDED)


MINIMAL = [
    # pattern, what differs from the typical record
    ("{ $.userIdentity.type = AssumedRole }", {("userIdentity", "type"): "IAMUser"}),
    ("{ $.userIdentity.invokedBy NOT EXISTS }", {("userIdentity", "invokedBy"): "cloudformation"}),
    ("{ $.sourceIPAddress = 198.* }", {("sourceIPAddress",): "cloudformation.amazonaws.com"}),
    ("{ $.awsRegion = us-east-1 || $.awsRegion = us* }", {("awsRegion",): "eu-central-1"}),
    ("{ $.recipientAccountId = 1* }", {("recipientAccountId",): "210987654321"}),
    ("{ $.requestParameters.name NOT EXISTS }", {("requestParameters", "name"): "other"}),
    ("{ $.x.y NOT EXISTS || $.x.z NOT EXISTS }", {("x",): {"y": "other", "z": "other"}}),
    ("{ $.x[1] NOT EXISTS }", {("x",): [None, "other"]}),
]


@pytest.mark.parametrize(("text", "changes"), MINIMAL)
def test_the_counterexample_has_only_necessary_changes(
    text: str, changes: dict[tuple[str, ...], object]
) -> None:
    """Only the deciding fields differ from a typical record, and their values are readable."""
    record = prove([parse(text)], ANYWHERE).counterexample
    assert record is not None
    typical = max(
        typical_records(ANYWHERE),
        key=lambda usual: sum(record.get(name) == value for name, value in usual.items()),
    )
    for path, value in changes.items():
        changed = value_at(record, path)
        assert changed == value or str(changed).startswith(str(value))
    for name in record.keys() | typical.keys() - {path[0] for path in changes}:
        if name not in {path[0] for path in changes}:
            assert record[name] == typical[name]


def test_known_fields_are_the_reason_only_if_nothing_else_is() -> None:
    """The call's name is the reason only if no other field decides."""
    pattern = parse("{ $.eventName = StopLogging && $.x = 1 || $.eventName = DeleteTrail }")
    assert prove([pattern], SUCCEEDED).deciding == ("$.x",)
    assert prove([parse("{ $.eventName = X }")], SUCCEEDED).deciding == ("$.eventName",)


MAY_MATCH = [
    ("{ $.eventName = StopLogging && $.x = 1 }", True),
    ("{ $.eventName = DeleteTrail && $.x = 1 }", False),
    ("{ $.errorCode = * }", False),
    ("[a]", True),
    ("-StopLogging", False),
]


@pytest.mark.parametrize(("text", "expected"), MAY_MATCH)
def test_may_match(text: str, expected: bool) -> None:
    """The answer is False only if no record of the call can match."""
    assert may_match(parse(text), SUCCEEDED) is expected


BREADTHS = {
    "": "every_record",
    "{ $.eventName = * }": "every_record",
    "{ $.x = * || $.x NOT EXISTS }": "every_record",
    "{ $.eventName != A || $.eventName != B }": "every_record",
    "{ $.eventName = A* || $.eventName != A* }": "every_record",
    "{ $.eventName = A* || $.eventName != Abc }": "every_record",
    "{ $.eventName != A* || $.eventName != Ab* }": "everyday_reads",
    "{ $.eventName != A* || $.eventName != B* }": "every_record",
    "{ $.eventName != *a || $.eventName != *b }": "every_record",
    "{ $.eventName != *Q* || $.eventName != *Z* }": "everyday_reads",
    '{ ($.errorCode = "AccessDenied*") || ($.sourceIPAddress != "delivery.logs.amazonaws.com") }': (
        "everyday_reads"
    ),
    "{ $.eventName != ConsoleLogin }": "everyday_reads",
    "amazonaws": "everyday_reads",
    "{ $.eventSource = kms.amazonaws.com }": "narrow",
    "{ $.readOnly IS FALSE }": "narrow",
    "{ $['eventName'] = * }": "narrow",
    "[a]": "narrow",
    # undocumented constructs are never certain
    "{ $.eventName[*] NOT EXISTS }": "narrow",
    "{ $.eventName = %a^b% || $.eventName != %a^b% }": "narrow",
    "{ $.eventName = a-b || $.eventName != a-b }": "narrow",
    "{ $.eventName.x NOT EXISTS && $.eventName[0] NOT EXISTS }": "every_record",
    "{ $.eventName = %a% || $.eventName != %a% }": "every_record",
}


@pytest.mark.parametrize(("text", "expected"), BREADTHS.items())
def test_breadth(text: str, expected: str) -> None:
    """Every record, routine reads or narrow; a pattern is broad only if that is certain."""
    assert breadth(parse(text)).value == expected


def test_any_record_contains_typical_records() -> None:
    """The typical record of a call belongs to the class of all records."""
    assert ANY_RECORD.allows(typical_record(SUCCEEDED))


@pytest.mark.parametrize("comparison", ["< 1e300", "> 1e300", "< -1e300"])
def test_numbers_beyond_a_large_bound(comparison: str) -> None:
    """A number below or above the bound exists, though the bound minus or plus 1 is the bound."""
    pattern = f"{{ $.requestParameters.size {comparison} }}"
    records = matching_records("large", pattern, region=None, account=None)
    proof = prove([parse("{ $.requestParameters.size = 7 }")], records)
    assert proof.verdict is Verdict.ESCAPES
    assert match(parse(pattern), proof.counterexample).is_yes
