"""Calls that prevent their own notification: they break a link before their record arrives.

One table says which call breaks which link through a key, another which calls can be about a link
itself. Sources: KMS developer guide,
"Enabling and disabling keys", "Deleting keys", "Deleting imported key material" and "Disconnecting
a custom key store": the key can no longer be used at once. CloudTrail delivers a record within
about 5 minutes on average (CloudTrail user guide, "Getting and viewing your CloudTrail log files").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alarmchain.arn import Arn
from alarmchain.chain.api_item import mapping, quote, structures, text
from alarmchain.chain.judgement import Judgement, broken, ok, unknown
from alarmchain.place import Place
from alarmchain.records.record_class import RecordClass

_KMS = "kms.amazonaws.com"


@dataclass(frozen=True, slots=True)
class Effect:
    """What a call does at once to a link that depends on a key.

    `link`: one of the chain's. `certain`: it surely stops the link. `documented`: AWS documents
    whether it does; if not, alarmchain assumes that it does not, and says so. `origins`: only keys
    of these origins, () for all. `by_alias`: only a key that is referred to by an alias.
    """

    link: str
    certain: bool = True
    documented: bool = True
    origins: tuple[str, ...] = ()
    by_alias: bool = False


_KEY_OF_TOPIC = Effect("topic")
_KEY_OF_LOG_GROUP = Effect("log_group", documented=False)
_ALIAS_OF_TOPIC = Effect("topic", certain=False, by_alias=True)

AT_ONCE: Mapping[tuple[str, str], tuple[Effect, ...]] = {
    (_KMS, "DisableKey"): (_KEY_OF_TOPIC, _KEY_OF_LOG_GROUP),
    (_KMS, "ScheduleKeyDeletion"): (_KEY_OF_TOPIC, _KEY_OF_LOG_GROUP),
    (_KMS, "PutKeyPolicy"): (_KEY_OF_TOPIC, _KEY_OF_LOG_GROUP),
    (_KMS, "DeleteImportedKeyMaterial"): (Effect("topic", origins=("EXTERNAL",)),),
    (_KMS, "DisconnectCustomKeyStore"): (
        Effect("topic", origins=("AWS_CLOUDHSM", "EXTERNAL_KEY_STORE")),
    ),
    (_KMS, "DeleteAlias"): (_ALIAS_OF_TOPIC,),
    (_KMS, "UpdateAlias"): (_ALIAS_OF_TOPIC,),
}
"""By event source and event name: what the call breaks at once."""

_LOGS, _CLOUDWATCH, _SNS = "logs.amazonaws.com", "monitoring.amazonaws.com", "sns.amazonaws.com"
_CALLS_ON_LINKS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "log_group": (
        _LOGS,
        (
            "AssociateKmsKey",
            "DeleteAccountPolicy",
            "DeleteLogGroup",
            "DeleteLogStream",
            "DeleteTransformer",
            "PutAccountPolicy",
            "PutDataProtectionPolicy",
            "PutTransformer",
        ),
    ),
    "metric_filter": (_LOGS, ("DeleteMetricFilter", "PutMetricFilter")),
    "alarm": (
        _CLOUDWATCH,
        (
            "DeleteAlarms",
            "DisableAlarmActions",
            "PutAlarmMuteRule",
            "PutCompositeAlarm",
            "PutMetricAlarm",
            "SetAlarmState",
        ),
    ),
    "topic": (
        _SNS,
        ("DeleteTopic", "PutDataProtectionPolicy", "RemovePermission", "SetTopicAttributes"),
    ),
    "subscription": (_SNS, ("SetSubscriptionAttributes", "Unsubscribe")),
}
OWN_LINK: Mapping[tuple[str, str], str] = {
    (source, name): link for link, (source, names) in _CALLS_ON_LINKS.items() for name in names
}
"""By event source and event name: the link of a chain that the call can be about. It works in the
region and account of the link alone."""


@dataclass(frozen=True, slots=True)
class SilencingCall:
    """A call of the tables, made in a region of an account.

    `own_link`: the link that it can be about, "" for none.
    """

    name: str
    place: Place
    effects: tuple[Effect, ...]
    own_link: str = ""

    @classmethod
    def of(cls, records: RecordClass) -> "SilencingCall | None":
        """Return the call of a class of records, None if it breaks no link at once."""
        source, name = (str(records.values.get(key)) for key in ("eventSource", "eventName"))
        effects, own_link = AT_ONCE.get((source, name), ()), OWN_LINK.get((source, name), "")
        if not effects and not own_link:
            return None
        account, region = (
            str(records.values.get(key, "")) for key in ("recipientAccountId", "awsRegion")
        )
        return cls(name, Place(account, region), effects, own_link)

    def judge_own_link(self, link: str, place: Place) -> Judgement:
        """Return whether a link that works still works when the record of the call arrives.

        `link`: one of the chain's, in `place`. The call may be about this link itself.
        """
        if link != self.own_link or place != self.place:
            return ok()
        kind = link.replace("_", " ")
        return unknown(
            f"{self.name} may be about the {kind} itself, and then nobody is notified of it",
            wanted="a chain of which the call breaks no link",
            remedy="add a trail in another region, with its own alarm and topic there",
        )

    def judge_topic(
        self, topic: str, reference: str, key: Mapping[str, Any], place: Place
    ) -> Judgement:
        """Return whether the topic can still be used when the alarm notifies.

        `topic`: what a message calls it. `reference`: its KmsMasterKeyId. `key`: the snapshot's
        item. `place`: where the topic is.
        """
        effect = self._effect("topic", reference, key, place)
        if effect is None:
            return ok()
        short = reference.rsplit("/", 1)[-1] if ":key/" in reference else reference
        verdict, verb = (broken, "stops") if effect.certain else (unknown, "may stop")
        return verdict(
            f"{self.name} on key {quote(short)} {verb} {topic} before the alarm notifies",
            observed=f"KmsMasterKeyId {reference}",
            wanted="a topic that does not depend on the key",
            remedy="add a topic without this key",
        )

    def note_on_log_group(self, group: str, key_arn: str, place: Place) -> str:
        """Return the assumption on which the verdict depends, "" if it depends on none."""
        if not key_arn or self._effect("log_group", key_arn, {}, place) is None:
            return ""
        return f"assumed: {self.name} on the key of {group} does not stop its records"

    def _effect(
        self, link: str, reference: str, key: Mapping[str, Any], place: Place
    ) -> Effect | None:
        """Return the effect on the link if the call is made on this key."""
        metadata = mapping(key, "Metadata")
        by_alias = "alias/" in reference
        for effect in self.effects:
            if (
                effect.link == link
                and (not effect.origins or text(metadata, "Origin") in effect.origins)
                and (by_alias or not effect.by_alias)
                and self.place in _places(reference, metadata, place)
            ):
                return effect
        return None


def _places(reference: str, metadata: Mapping[str, Any], place: Place) -> set[Place]:
    """Return where the key and its replicas are; `place` if that is not known."""
    regions = mapping(metadata, "MultiRegionConfiguration")
    keys = (mapping(regions, "PrimaryKey"), *structures(regions, "ReplicaKeys"))
    arns = [Arn.parse(text(metadata, "Arn") or reference), *(Arn.parse(k.get("Arn")) for k in keys)]
    return {Place(arn.account, arn.region) for arn in arns if arn is not None} or {place}
