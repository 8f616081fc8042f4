"""How a question about a link is answered: always with its evidence, never as a bare bool."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Status(Enum):
    """Whether a link carries the event on; `UNKNOWN` where AWS's rules or our reads don't tell."""

    OK = "ok"
    BROKEN = "broken"
    UNKNOWN = "unknown"

    def __bool__(self) -> bool:
        raise TypeError("a Status has three values: compare it with Status.OK")


@dataclass(frozen=True, slots=True)
class Judgement:
    """The answer to one question.

    `reason` is a short sentence without a final full stop that names what is wrong (empty when
    OK), `observed` what the resource says, `wanted` what would carry the event, `remedy` what to
    do about it, as an instruction.
    """

    status: Status
    reason: str = ""
    observed: str = ""
    wanted: str = ""
    remedy: str = ""

    def __bool__(self) -> bool:
        raise TypeError("a Judgement is no bool: ask for its status")


OK = Judgement(Status.OK)


def ok(observed: str = "", note: str = "") -> Judgement:
    """The link carries the event; `note` is worth telling all the same."""
    return Judgement(Status.OK, note, observed)


def broken(reason: str, *, observed: str = "", wanted: str = "", remedy: str = "") -> Judgement:
    """The link lets the event go unnoticed."""
    return Judgement(Status.BROKEN, reason, observed, wanted, remedy)


def unknown(reason: str, *, observed: str = "", wanted: str = "", remedy: str = "") -> Judgement:
    """Nothing certain can be said of the link."""
    return Judgement(Status.UNKNOWN, reason, observed, wanted, remedy)


def all_of(judgements: Iterable[Judgement]) -> Judgement:
    """Every condition must hold: the first broken one, else the first unknown one, else of the OK
    ones the first with a note."""
    best = OK
    for judgement in judgements:
        if judgement.status is Status.BROKEN:
            return judgement
        if best.status is Status.OK and (
            judgement.status is Status.UNKNOWN
            or best is OK
            or bool(judgement.reason and not best.reason)
        ):
            best = judgement
    return best


def any_of(judgements: Iterable[Judgement], otherwise: Judgement) -> Judgement:
    """One is enough: the first OK one, else the first unknown, else the first, else `otherwise`."""
    best: Judgement | None = None
    for judgement in judgements:
        if judgement.status is Status.OK:
            return judgement
        if best is None or (best.status is Status.BROKEN and judgement.status is Status.UNKNOWN):
            best = judgement
    return otherwise if best is None else best
