"""The answer to a question about a link: a status with its evidence, never a bare bool."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Status(Enum):
    """Whether a link passes the event on. `UNKNOWN`: AWS's documentation or the reads made do not
    decide it."""

    OK = "ok"
    BROKEN = "broken"
    UNKNOWN = "unknown"

    def __bool__(self) -> bool:
        raise TypeError("a Status has three values: compare it with Status.OK")


@dataclass(frozen=True, slots=True)
class Judgement:
    """The answer to one question.

    `reason`: a sentence with its own subject and without a final full stop that says what is wrong
    (when OK: empty, or a note). `observed`: the fact by which it is wrong, never shortened.
    `wanted`: what would pass the event on. `remedy`: what to do, as an instruction that begins with
    a lower-case verb.
    """

    status: Status
    reason: str = ""
    observed: str = ""
    wanted: str = ""
    remedy: str = ""

    def __bool__(self) -> bool:
        raise TypeError("a Judgement is not a bool: use its status")


OK = Judgement(Status.OK)


def ok(note: str = "") -> Judgement:
    """Return that the link passes the event on; `note` is worth reporting all the same."""
    return Judgement(Status.OK, note)


def broken(reason: str, *, observed: str = "", wanted: str = "", remedy: str = "") -> Judgement:
    """Return that the link stops the event."""
    return Judgement(Status.BROKEN, reason, observed, wanted, remedy)


def unknown(reason: str, *, observed: str = "", wanted: str = "", remedy: str = "") -> Judgement:
    """Return that it cannot be decided whether the link passes the event on."""
    return Judgement(Status.UNKNOWN, reason, observed, wanted, remedy)


def all_of(judgements: Iterable[Judgement]) -> Judgement:
    """Return the judgement that decides where all must hold.

    That is the first broken one, else the first unknown one, else the first with a note, else OK.
    """
    decisive = OK
    for judgement in judgements:
        if judgement.status is Status.BROKEN:
            return judgement
        if decisive.status is Status.OK and (
            judgement.status is Status.UNKNOWN
            or decisive is OK
            or bool(judgement.reason and not decisive.reason)
        ):
            decisive = judgement
    return decisive


def any_of(judgements: Iterable[Judgement], otherwise: Judgement) -> Judgement:
    """Return the judgement that decides where one is enough.

    That is the first OK one, else the first unknown one, else the first; `otherwise` without any.
    """
    decisive: Judgement | None = None
    for judgement in judgements:
        if judgement.status is Status.OK:
            return judgement
        if decisive is None or (
            decisive.status is Status.BROKEN and judgement.status is Status.UNKNOWN
        ):
            decisive = judgement
    return otherwise if decisive is None else decisive
