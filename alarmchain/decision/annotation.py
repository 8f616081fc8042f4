"""The annotation: what is wrong, where, and what to do, in 256 characters."""

from collections.abc import Iterable, Mapping, Sequence

from alarmchain.arn import Arn
from alarmchain.chain.api_item import clip, quote
from alarmchain.decision.assessment import MOST_ANNOTATION, CallAssessment, Link, Outcome
from alarmchain.printable import printable

_LONGEST_CALL = 80
_SHOWN = 3
"""How many of several things are named."""
_LINKS = {"trail": "trail", "metric_filter": "filter", "alarm": "alarm", "topic": "topic"}
"""The links that a covered rule's annotation tells, in their order, as it calls them."""


def failure_annotation(outcome: Outcome, calls: Mapping[str, CallAssessment], remedy: str) -> str:
    """The annotation where the worst outcome is `outcome`: the first such call and its reason,
    how many others share it, and the remedy as far as there is room."""
    names = [name for name, call in calls.items() if call.outcome is outcome]
    reason = calls[names[0]].reason
    alike = sum(calls[name].reason == reason for name in names) - 1
    others = len(names) - 1 - alike
    more = f" (and {alike} more)" if alike else ""
    lead = "UNKNOWN: " if outcome is Outcome.UNKNOWN else ""
    text = f"{lead}{clip(names[0], _LONGEST_CALL)}{more}: {reason}"
    if others:
        kind = "unknown" if outcome is Outcome.UNKNOWN else "not covered"
        text += f"; {others} more {'call is' if others == 1 else 'calls are'} {kind} too"
    return plain(_with_room(text, ". ", remedy[:1].upper() + remedy[1:]))


def covered_annotation(
    names: Sequence[str], chains: Sequence[tuple[Link, ...]], notes: Iterable[str]
) -> str:
    """The annotation of a covered rule: by which resources the calls reach a person, and what is
    worth noting. `chains`: each call's."""
    which = clip(names[0], _LONGEST_CALL) if len(names) == 1 else f"All {len(names)} calls"
    links = [link for chain in chains for link in chain]
    text = f"{which} covered: " + " > ".join(
        _several(word, [_name(link) for link in links if link.link == kind])
        for kind, word in _LINKS.items()
    )
    for note in dict.fromkeys(notes):
        text = _with_room(text, "; ", note)
    return plain(text)


def _several(word: str, names: Iterable[str]) -> str:
    """`filter 'F'`, `filters 'F', 'G', 'H' and 2 more`."""
    found = list(dict.fromkeys(names))
    shown = ", ".join(quote(name) for name in found[:_SHOWN])
    rest = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return f"{word}{'s' if len(found) > 1 else ''} {shown}{rest}"


def _name(link: Link) -> str:
    """The resource by its own name."""
    arn = Arn.parse(link.resource)
    if arn is None:
        return link.resource
    return arn.resource.removeprefix("trail/").removeprefix("alarm:")


def _with_room(text: str, mark: str, more: str) -> str:
    """The text, and after the mark `more`, if there is any and room for it."""
    whole = f"{text}{mark}{more}"
    return whole if more and len(whole) <= MOST_ANNOTATION else text


def plain(text: str) -> str:
    """The text without control characters, cut to an annotation's length."""
    shown = printable(text)
    return shown if len(shown) <= MOST_ANNOTATION else shown[: MOST_ANNOTATION - 3] + "..."
