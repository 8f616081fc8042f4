"""What is proven of a class of records, and what an escape looks like."""

import pytest

from alarmchain.decision.routine_reads import breadth
from alarmchain.filter_pattern.match.match import match
from alarmchain.filter_pattern.parser.parser import parse
from alarmchain.proof.prove import Verdict, may_match, prove
from alarmchain.records.record_class import ANY_RECORD, api_call
from alarmchain.records.record_fields import value_at
from alarmchain.records.typical_record import typical_record

SUCCEEDED = api_call("cloudtrail.amazonaws.com", "StopLogging")
ANY_OUTCOME = api_call("cloudtrail.amazonaws.com", "StopLogging", failed=None)
ANYWHERE = api_call("cloudtrail.amazonaws.com", "StopLogging", region=None, account=None)

COVERED = [
    # by the known fields
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
    # by all that a free field can be
    "{ ($.x = *) || ($.x NOT EXISTS) }",
    "{ $.x.y.z = * || $.x.y.z NOT EXISTS }",
    "{ $.x[3] = * || $.x[3] NOT EXISTS }",
    "{ $.x = * || $.x.y NOT EXISTS }",
    "{ $.x.y NOT EXISTS || $.x[0].y NOT EXISTS }",
    "{ $.x NOT EXISTS || $.x = * && ($.y = * || $.y NOT EXISTS) }",
    "{ ($.x = * && $.y = *) || $.x NOT EXISTS || $.y NOT EXISTS }",
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
    ("{ $.userIdentity.type = Root || $.userIdentity.type != Root }", "type"),
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
    ("{ $.x[*] = * || $.x[*] NOT EXISTS }", "NOT EXISTS with a wildcard"),
    ("{ $.eventName = %Stop{1,9999}% }", "very large repeats"),
    ('"\\"eventName\\":\\"StopLogging\\""', "backslash"),
    ('"eventName: StopLogging"', "exact text"),
    ("%Stop.*Logging$%", "exact text"),
    ("[a, b = StopLogging]", "space-delimited"),
    ("{ $.x[99999999999] NOT EXISTS }", "no record could be built"),
]


@pytest.mark.parametrize("text", COVERED)
def test_covered(text: str) -> None:
    """Nothing that a record of the call can hold makes it escape."""
    proof = prove([parse(text)], SUCCEEDED)
    assert (proof.verdict, proof.counterexample) == (Verdict.COVERED, None)


@pytest.mark.parametrize(("text", "deciding"), ESCAPES)
def test_escapes(text: str, deciding: str) -> None:
    """The record that escapes is of the call, certainly unmatched, and its reason is named."""
    proof = prove([parse(text)], SUCCEEDED)
    assert proof.verdict is Verdict.ESCAPES
    assert proof.counterexample is not None
    assert SUCCEEDED.allows(proof.counterexample)
    assert match(parse(text), proof.counterexample).is_no
    assert any(name.endswith(deciding) for name in proof.deciding)


@pytest.mark.parametrize(("text", "doubt"), UNKNOWN)
def test_unknown(text: str, doubt: str) -> None:
    """Where the readings differ the answer is unknown, and says what it hangs on."""
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
    """Several filters together can cover what none of them covers, failed calls or not."""
    patterns = [parse(text) for text in texts]
    assert prove(patterns, SUCCEEDED).verdict.value == succeeded
    assert prove(patterns, ANY_OUTCOME).verdict.value == any_outcome


def test_the_usual_record_is_shown_where_it_escapes() -> None:
    """Issue 3's example: a call by an assumed role escapes as it usually looks."""
    pattern = parse('{ ($.eventName = StopLogging) && ($.userIdentity.type != "AssumedRole") }')
    assert prove([pattern], SUCCEEDED).counterexample == typical_record(SUCCEEDED)


MINIMAL = [
    # pattern, what the record holds other than usual
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
def test_the_record_is_changed_only_where_it_must_be(
    text: str, changes: dict[tuple[str, ...], object]
) -> None:
    """All but the fields that decide is as in an ordinary record, and these read well."""
    found = prove([parse(text)], ANYWHERE).counterexample
    assert found is not None
    usual = typical_record(ANYWHERE)
    for path, value in changes.items():
        changed = value_at(found, path)
        assert changed == value or str(changed).startswith(str(value))
    for name in found.keys() | usual.keys() - {path[0] for path in changes}:
        if name not in {path[0] for path in changes}:
            assert found[name] == usual[name]


def test_known_fields_are_not_given_as_the_reason() -> None:
    """The call's own name is a reason only where nothing else decides."""
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
    """False is said only where no record of the call can be matched."""
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
    # nothing is certain of what is disputed, whatever the string
    "{ $.eventName[*] NOT EXISTS }": "narrow",
    "{ $.eventName = %a^b% || $.eventName != %a^b% }": "narrow",
    "{ $.eventName = a-b || $.eventName != a-b }": "narrow",
    "{ $.eventName.x NOT EXISTS && $.eventName[0] NOT EXISTS }": "every_record",
    "{ $.eventName = %a% || $.eventName != %a% }": "every_record",
}


@pytest.mark.parametrize(("text", "expected"), BREADTHS.items())
def test_breadth(text: str, expected: str) -> None:
    """Every record, everyday reads or narrow; and broad is said only where it is certain."""
    assert breadth(parse(text)).value == expected


def test_any_record_holds_for_ordinary_records() -> None:
    """The class of all records has every call's ordinary record in it."""
    assert ANY_RECORD.allows(typical_record(SUCCEEDED))
