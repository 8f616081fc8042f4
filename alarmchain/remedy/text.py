"""A plan as text that one can paste into a shell: commands, and comments that say why. Pure."""

import shlex
import textwrap
from collections.abc import Iterator

from alarmchain.decision.assessment import Assessment, Outcome
from alarmchain.remedy.plan import Plan
from alarmchain.report.escape_text import visible

_WIDTH = 98


def render(plan: Plan) -> str:
    """Return the text of one rule in one region."""
    return "".join(f"{line}\n" for line in _lines(plan))


def command_line(words: tuple[str, ...]) -> str:
    """Return the command, quoted for a shell."""
    return shlex.join(words)


def _lines(plan: Plan) -> Iterator[str]:
    before = plan.before
    title = f"{before.rule} in {before.region}"
    if before.outcome in (Outcome.COVERED, Outcome.NOT_APPLICABLE):
        yield from _comment(f"{title}: nothing is missing. {before.annotation}")
        return
    yield from _comment(f"{title}: {_fault(before)}.")
    if not plan.changes:
        yield from _comment(_for_a_person(plan.after))
        return
    for change in plan.changes:
        yield ""
        yield from _comment(change.why)
        yield command_line(change.command)
    yield ""
    for change in plan.changes:
        if change.command[1:3] == ("sns", "subscribe"):
            address = change.command[-1]
            yield from _comment(
                f"Then the owner of {address} must confirm: SNS sends a link by e-mail, which is"
                " valid for two days."
            )
    check = f"alarmchain audit --region {before.region} --rule {before.rule}"
    yield from _comment(f"To check it afterwards: {check}")


def _fault(assessment: Assessment) -> str:
    fault = assessment.fault
    return fault.judgement.reason if fault else assessment.annotation.rstrip(".")


def _for_a_person(assessment: Assessment) -> str:
    """Return who has to do what first."""
    fault = assessment.fault
    if fault is not None and fault.account not in ("", assessment.account):
        there = f"alarmchain remedy --region {fault.region} --rule {assessment.rule}"
        return (
            f"No command in account {assessment.account} can fix this, because the chain goes"
            f" through account {fault.account}. Somebody with access to that account must run"
            f" there: {there}"
        )
    return (
        "No command can fix this. A person who administers the account must first do this:"
        f" {assessment.remedy or _fault(assessment)}. Then run this command again."
    )


def _comment(text: str) -> list[str]:
    lines = textwrap.wrap(visible(text), _WIDTH, break_long_words=False, break_on_hyphens=False)
    return [f"# {line}" for line in lines]
