"""Write the annotation: what is wrong, where, and what to do, in at most 256 characters.

Source: AWS Config API reference, Evaluation (Annotation).
"""

from collections.abc import Iterable, Mapping, Sequence

from alarmchain.arn import Arn
from alarmchain.chain.api_item import clip, quote
from alarmchain.chain.subscription.subscriber import describe_subscribers
from alarmchain.decision.assessment import MOST_ANNOTATION, CallAssessment, Link, Outcome
from alarmchain.printable import printable

_LONGEST_CALL = 80
_LONGEST_EXEMPTION = 120
_SHOWN = 3
"""So many of several resources are named."""
_LINKS = {"trail": "trail", "metric_filter": "filter", "alarm": "alarm", "topic": "topic"}
"""The links that the annotation of a covered rule names, in their order, with their words."""


_PLURALS = {"call": "calls", "class": "classes"}


def failure_annotation(
    outcome: Outcome,
    calls: Mapping[str, CallAssessment],
    remedies: Sequence[str],
    exempted: str = "",
    noun: str = "call",
) -> str:
    """Return the annotation if the worst outcome is `outcome`.

    It names the first call with that outcome, its reason, how many calls share the reason, and the
    first remedy and what is exempted if they fit. A reason that begins with the call's name is not
    introduced by it. `noun`: what `calls` are, call or class.
    """
    names = [name for name, call in calls.items() if call.outcome is outcome]
    name, reason = names[0], calls[names[0]].reason
    same = sum(calls[other].reason == reason for other in names) - 1
    others = len(names) - 1 - same
    more = f" (and {same} more)" if same else ""
    lead = "UNKNOWN: " if outcome is Outcome.UNKNOWN else ""
    kind = "unknown" if outcome is Outcome.UNKNOWN else "not covered"
    rest = f"; {others} more {f'{noun} is' if others == 1 else f'{_PLURALS[noun]} are'} {kind} too"
    if reason.startswith(f"{name} "):
        text = _append_first_that_fits(f"{lead}{reason}", ": ", remedies)
        text = _append_if_fits(text, "", rest if others else "")
    else:
        text = f"{lead}{clip(name, _LONGEST_CALL)}{more}: {reason}{rest if others else ''}"
        sentences = [remedy[:1].upper() + remedy[1:] for remedy in remedies]
        text = _append_first_that_fits(text, ". ", sentences)
    return plain(_append_if_fits(text, ". Exempted: ", exempted))


def covered_annotation(
    names: Sequence[str],
    chains: Sequence[tuple[Link, ...]],
    notes: Iterable[str],
    exempted: str = "",
    noun: str = "call",
) -> str:
    """Return the annotation of a covered rule: the resources of its chains, the notes that fit, and
    at the end how many subscribers are notified and by which protocol.

    `names`: the calls. `chains`: the links of each call. `exempted`: the pattern of the records
    that need not reach a person, "" for none. `noun`: what the names are, call or class.
    """
    which = (
        clip(names[0], _LONGEST_CALL) if len(names) == 1 else f"All {len(names)} {_PLURALS[noun]}"
    )
    links = [link for chain in chains for link in chain]
    but = f" but for {clip(exempted, _LONGEST_EXEMPTION)}" if exempted else ""
    text = f"{which} covered{but}: " + " > ".join(
        _several(word, [_name(link) for link in links if link.link == kind])
        for kind, word in _LINKS.items()
    )
    subscribers = describe_subscribers(
        subscriber for link in links for subscriber in link.subscribers
    )
    end = f"; notifies {subscribers}" if subscribers else ""
    room = MOST_ANNOTATION - len(end)
    for note in dict.fromkeys(notes):
        text = _append_first_that_fits(text, "; ", (note, _shorter(note, links)), room)
    return plain(plain(text, room) + end)


def with_note(annotation: str, note: str) -> str:
    """Return the annotation with the note at its end, for which the annotation is shortened."""
    end = f"; {printable(note)}" if note else ""
    return plain(annotation, MOST_ANNOTATION - len(end)) + end


def _shorter(note: str, links: Iterable[Link]) -> str:
    """Return the note without the name of the alarm, if the chains have one alarm alone."""
    names = {_name(link) for link in links if link.link == "alarm"}
    if len(names) != 1:
        return note
    called = f"alarm {quote(names.pop())} "
    return f"the alarm {note.removeprefix(called)}" if note.startswith(called) else note


def _several(word: str, names: Iterable[str]) -> str:
    """Return the names after their word: `filter 'F'`, `filters 'F', 'G', 'H' and 2 more`."""
    distinct = list(dict.fromkeys(names))
    first = ", ".join(quote(name) for name in distinct[:_SHOWN])
    rest = f" and {len(distinct) - _SHOWN} more" if len(distinct) > _SHOWN else ""
    return f"{word}{'s' if len(distinct) > 1 else ''} {first}{rest}"


def _name(link: Link) -> str:
    """Return the name of the link's resource."""
    arn = Arn.parse(link.resource)
    if arn is None:
        return link.resource
    return arn.resource.removeprefix("trail/").removeprefix("alarm:")


def _append_if_fits(text: str, mark: str, more: str, limit: int = MOST_ANNOTATION) -> str:
    """Return the text with `mark` and `more` after it, if `more` is not empty and all fits."""
    whole = f"{text}{mark}{more}"
    return whole if more and len(whole) <= limit else text


def _append_first_that_fits(
    text: str, mark: str, choices: Sequence[str], limit: int = MOST_ANNOTATION
) -> str:
    """Return the text with `mark` and the first of the choices with which all fits."""
    longer = (_append_if_fits(text, mark, choice, limit) for choice in choices)
    return next((whole for whole in longer if whole != text), text)


def plain(text: str, limit: int = MOST_ANNOTATION) -> str:
    """Return the text without control characters, shortened to `limit` characters."""
    line = printable(text)
    return line if len(line) <= limit else line[: limit - 3] + "..."
