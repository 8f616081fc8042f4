"""What the reader's boto3 cannot see was not read: a link that hangs on it does not hold surely.

botocore drops the members of an answer that its model lacks, in silence. `collecting/blindness.py`
finds which of those below the boto3 at hand lacks, and this says what then is unknown.
"""

from collections.abc import Mapping
from dataclasses import replace

from alarmchain.chain.judgement import Status, unknown
from alarmchain.decision.assessment import Link
from alarmchain.decision.path import ChainPath

DECISIVE: Mapping[str, tuple[str, ...]] = {
    "log_group": ("logGroupClass",),
    "metric_filter": (
        "applyOnTransformedLogs",
        "emitSystemFieldDimensions",
        "fieldSelectionCriteria",
    ),
    "alarm": (
        "ActionsSuppressor",
        "EvaluationCriteria",
        "EvaluationInterval",
        "EvaluationWindow",
        "ListAlarmMuteRules",
        "Metrics",
        "ThresholdMetricId",
        "WarmUpConfiguration",
    ),
}
"""For each link, the members and operations whose absence would change the answer about it."""


def as_seen(path: ChainPath, sdk_gaps: Mapping[str, str]) -> ChainPath:
    """The path, where a link that holds as far as was seen is unknown if not all could be seen.

    `sdk_gaps`: members and operations that the reader's boto3 lacks, with its version.
    """
    return replace(path, links=tuple(_as_seen(link, sdk_gaps) for link in path.links))


def _as_seen(link: Link, sdk_gaps: Mapping[str, str]) -> Link:
    unseen = [member for member in DECISIVE.get(link.link, ()) if member in sdk_gaps]
    if not unseen or link.judgement.status is not Status.OK:
        return link
    return replace(
        link,
        judgement=unknown(
            f"boto3 {sdk_gaps[unseen[0]][:20]} of this runtime cannot see {unseen[0]}",
            observed=", ".join(unseen),
            wanted="a boto3 that knows them",
            remedy="build the rule anew and deploy it",
        ),
    )
