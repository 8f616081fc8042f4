"""`make demo`: the main job, step by step, on the terminal. Exit status 1 if a step differs."""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import FrameType

import click
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel

from demo.account import FAULTS
from demo.config import FailedError, Verdict
from demo.errors import DiffersError
from demo.expectations import check_after, check_before, check_rang
from demo.steps import Run
from deployment.errors import DeploymentError
from deployment.folders import CHECKOUT
from localaws.server import LocalAws

WORK = CHECKOUT / "build" / "demo"
STEPS = 8
INTRODUCTION = (
    "An alarm on a dangerous API call is worth something only if every link holds: a [b]trail[/b] "
    "records the call, a [b]log group[/b] gets the record, a [b]metric filter[/b] counts it, an "
    "[b]alarm[/b] rings, a [b]topic[/b] sends, and a [b]subscriber[/b] is there. alarmchain's four "
    "AWS Config rules check that chain. Now they are deployed, they judge an account, the account "
    "is repaired, and the alarm rings: on an AWS that runs on this machine, without credentials "
    "and without cost."
)


class Terminal:
    """The demo's voice: numbered steps with their time, and tables."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._step = 0

    @contextmanager
    def step(self, words: str) -> Iterator[None]:
        """Announces a step, shows that it runs, and says how long it took."""
        self._step += 1
        begin = time.monotonic()
        with self._console.status(f"{words} ..."):
            yield
        took = f"{time.monotonic() - begin:.1f} s"
        self._console.print(
            f"[bold cyan]{self._step}/{STEPS}[/] {words} [green]✓[/] [dim]{took}[/]"
        )

    def say(self, words: str) -> None:
        """An indented remark below the step."""
        self._console.print(Padding(words, (0, 0, 0, 6)), highlight=False)

    def introduce(self) -> None:
        """What there is to see."""
        self._console.print(Panel(INTRODUCTION, title="alarmchain", border_style="cyan"))

    def verdicts(self, verdicts: Iterable[Verdict]) -> None:
        """What AWS Config shows; regions that say the same of a rule share a line."""
        regions: dict[tuple[str, str, str], list[str]] = {}
        for verdict in verdicts:
            said = (verdict.rule, verdict.compliance, verdict.annotation)
            regions.setdefault(said, []).append(verdict.region)
        for (rule, compliance, annotation), where in sorted(regions.items()):
            colour = "green" if compliance == "COMPLIANT" else "red"
            self.say(f"[bold]{rule}[/] in {', '.join(where)}: [{colour}]{compliance}[/]")
            self._console.print(Padding(escape(annotation), (0, 0, 0, 8)), highlight=False)


def show(terminal: Terminal, run: Run) -> None:
    """The whole story. Raises DiffersError or FailedError where it comes otherwise."""
    regions = " and ".join(run.regions)
    with terminal.step("An account with a trail, four filters and four alarms"):
        run.make_account()
    for rule, fault in FAULTS.items():
        terminal.say(f"{rule}: {fault.words or 'nothing is wrong with its chain'}")
    with terminal.step(f"rdk init, rdk deploy --all, unmodified, in {regions}"):
        run.deploy()
    with terminal.step("AWS Config invokes the deployed Lambdas; what it shows then:"):
        before = run.evaluate()
    terminal.verdicts(before)
    check_before(before)
    with terminal.step("Each NON_COMPLIANT rule's remediation, an SSM Automation document"):
        run.remediate(before)
    with terminal.step("The rules again, to judge what remediation did:"):
        after = run.evaluate()
    terminal.verdicts(after)
    check_after(after)
    record = run.stop_logging_record()
    with terminal.step("Someone stops the trail's logging: its record enters the log group"):
        told = run.ring(record)
    check_rang(told)
    terminal.say(f"The subscriber got: alarm [bold]{escape(told.alarm)}[/] is {told.state}:")
    terminal.say(escape(told.reason))
    with terminal.step("rdk undeploy; every stack is gone"):
        run.undeploy()


@click.command()
def main() -> None:
    """The main job on a local AWS: deploy, evaluate, remediate, ring the alarm."""
    sys.exit(_demonstrate())


def _demonstrate() -> int:
    console = Console()
    terminal = Terminal(console)
    terminal.introduce()
    signal.signal(signal.SIGTERM, _interrupt)
    begin = time.monotonic()
    aws = LocalAws()
    try:
        run = Run(aws, WORK)
        # Temporary files, the children's included, go below build/demo.
        os.environ["TMPDIR"] = tempfile.tempdir = str(run.temporary)
        with terminal.step("The local AWS, on this machine's loopback"):
            aws.start()
        show(terminal, run)
    except (BotoCoreError, ClientError, DiffersError, FailedError, DeploymentError) as error:
        console.print(f"[bold red]Differs:[/] {escape(str(error))}")
        console.print(f"[dim]What rdk said is in {WORK / 'rdk.log'}[/]")
        return 1
    except KeyboardInterrupt:
        console.print("Interrupted.")
        return 130
    finally:
        aws.stop()
    console.print(
        f"[bold green]All as announced[/], in {time.monotonic() - begin:.0f} s. "
        "The local AWS is stopped, nothing is left running."
    )
    return 0


def _interrupt(signal_number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
