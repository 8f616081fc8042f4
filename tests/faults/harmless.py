"""The faults after which COMPLIANT is right although the answer was wrong, each with the reason."""

from collections.abc import Mapping

ALSO_LISTED = "the rule then calls DescribeAlarms, which also returns the alarm"
DEFAULTS = "a selector without members has the documented defaults, and records everything"
NO_LIST = "a missing list means the same as an empty list"
LAST = "the rule reads nothing of the account after this call"
HARMLESS: Mapping[tuple[str, int, str], str] = {
    **{
        ("DescribeAlarmsForMetric", 0, fault): ALSO_LISTED
        for fault in ("denied", "not found", "invalid", "empty answer", "empty lists", "mistyped")
    },
    ("DescribeAlarmsForMetric", 0, "second page is refused"): ALSO_LISTED,
    ("GetEventSelectors", 0, "hollow items"): DEFAULTS,
    ("GetEventSelectors", 0, "nulls"): DEFAULTS,
    ("ListAlarmMuteRules", 0, "empty answer"): NO_LIST,
    ("ListAlarmMuteRules", 1, "empty answer"): NO_LIST,
    ("DescribeMetricFilters", 1, "all is gone afterwards"): LAST,
    ("DescribeMetricFilters", 2, "all is gone afterwards"): LAST,
    ("GetSubscriptionAttributes", 0, "all is gone afterwards"): "only mute rules are read after it",
    ("ListAlarmMuteRules", 0, "all is gone afterwards"): LAST,
    ("ListAlarmMuteRules", 1, "all is gone afterwards"): LAST,
    ("AssumeRole", 0, "mistyped"): "AWS would refuse every call with such credentials",
    ("PutEvaluations", 0, "all is gone afterwards"): LAST,
    ("PutEvaluations", 0, "empty answer"): NO_LIST,
    ("PutEvaluations", 0, "second page is refused"): "PutEvaluations has no pages",
}
