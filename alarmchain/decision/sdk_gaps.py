"""What the reader's boto3 cannot see was not read: a link that hangs on it does not hold surely.

botocore drops the members of an answer that its model lacks, in silence. `collecting/blindness.py`
finds which of those below the boto3 at hand lacks, and this says what then is unknown.
"""

from collections.abc import Mapping
from dataclasses import replace

from alarmchain.chain.judgement import Status, unknown
from alarmchain.decision.assessment import Link
from alarmchain.decision.path import Path

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


def as_seen(path: Path, blind: Mapping[str, str]) -> Path:
    """The path, where a link that holds as far as was seen is unknown if not all could be seen.

    `blind`: members and operations that the reader's boto3 lacks, with its version.
    """
    return replace(path, links=tuple(_as_seen(link, blind) for link in path.links))


def _as_seen(link: Link, blind: Mapping[str, str]) -> Link:
    unseen = [member for member in DECISIVE.get(link.link, ()) if member in blind]
    if not unseen or link.judgement.status is not Status.OK:
        return link
    return replace(
        link,
        judgement=unknown(
            f"boto3 {blind[unseen[0]][:20]} of this runtime cannot see {unseen[0]}",
            observed=", ".join(unseen),
            wanted="a boto3 that knows them",
            remedy="build the rule anew and deploy it",
        ),
    )
