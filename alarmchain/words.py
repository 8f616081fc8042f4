"""The annotation: what is wrong, where, and what to do, in 256 characters."""

from collections.abc import Mapping, Sequence

from alarmchain.assessment import MOST_ANNOTATION, CallAssessment, Outcome


def refusal(outcome: Outcome, calls: Mapping[str, CallAssessment], remedy: str) -> str:
    """The annotation where the worst outcome is `outcome`: the first such call and its reason,
    how many others share it, and the remedy as far as there is room."""
    names = [name for name, call in calls.items() if call.outcome is outcome]
    reason = calls[names[0]].reason
    alike = sum(calls[name].reason == reason for name in names) - 1
    others = len(names) - 1 - alike
    more = f" (and {alike} more)" if alike else ""
    lead = "UNKNOWN: " if outcome is Outcome.UNKNOWN else ""
    text = f"{lead}{names[0]}{more}: {reason}"
    if others:
        text += f"; {others} more {'call is' if others == 1 else 'calls are'} not sure to be told"
    if remedy and len(text) + len(remedy) + 2 <= MOST_ANNOTATION:
        text += f". {remedy[0].upper()}{remedy[1:]}"
    return plain(text)


def praise(names: Sequence[str], links: Sequence[str], notes: Sequence[str]) -> str:
    """The annotation of a covered rule: how the calls reach a person, and what is worth noting."""
    which = names[0] if len(names) == 1 else f"all {len(names)} calls"
    text = f"{which} covered: {' > '.join(links)}"
    for note in notes:
        if note and len(text) + len(note) + 2 <= MOST_ANNOTATION:
            text += f"; {note}"
    return plain(text[0].upper() + text[1:])


def plain(text: str) -> str:
    """The text without control characters, cut to an annotation's length."""
    shown = "".join(char if char.isprintable() else "?" for char in text)
    return shown if len(shown) <= MOST_ANNOTATION else shown[: MOST_ANNOTATION - 3] + "..."
