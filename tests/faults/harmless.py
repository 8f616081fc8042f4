"""The faults after which COMPLIANT is right although the answer was another, each with why."""

from collections.abc import Mapping

SWEPT = "DescribeAlarms is asked then, and tells the alarm as well"
DEFAULTS = "a selector without members has the documented defaults, and records everything"
NO_LIST = "no list is what an empty one says"
LAST = "nothing of the account is read after it"
HARMLESS: Mapping[tuple[str, int, str], str] = {
    **{
        ("DescribeAlarmsForMetric", 0, fault): SWEPT
        for fault in ("denied", "not found", "invalid", "empty answer", "empty lists", "mistyped")
    },
    ("DescribeAlarmsForMetric", 0, "second page is refused"): SWEPT,
    ("GetEventSelectors", 0, "hollow items"): DEFAULTS,
    ("GetEventSelectors", 0, "nulls"): DEFAULTS,
    ("ListAlarmMuteRules", 0, "empty answer"): NO_LIST,
    ("DescribeMetricFilters", 1, "all is gone afterwards"): LAST,
    ("GetSubscriptionAttributes", 0, "all is gone afterwards"): LAST,
    ("AssumeRole", 0, "mistyped"): "AWS refuses what is asked with such credentials",
    ("PutEvaluations", 0, "all is gone afterwards"): LAST,
    ("PutEvaluations", 0, "empty answer"): NO_LIST,
    ("PutEvaluations", 0, "second page is refused"): "it does not page",
}
