"""`make demo`: the whole story on the terminal. Exit status 1 if a step goes wrong."""

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
from demo.steps import Remediation, Run
from deployment.errors import DeploymentError
from deployment.folders import CHECKOUT
from localaws.server import LocalAws

WORK = CHECKOUT / "build" / "demo"
STEPS = 8
INTRODUCTION = (
    "An alarm on a dangerous API call works only if every link of its chain works: a [b]trail[/b] "
    "records the call, a [b]log group[/b] receives the record, a [b]metric filter[/b] counts it, "
    "an [b]alarm[/b] goes off, a [b]topic[/b] sends a message, and a [b]subscriber[/b] gets it. "
    "alarmchain's AWS Config rules check that chain. This demo deploys the rules, lets them judge "
    "an account with typical faults, remediates the faults, and makes the alarm go off. Everything "
    "runs on a local AWS on this machine: no credentials, no cost."
)


class Terminal:
    """Prints numbered steps with their time, and verdicts."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._step = 0

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Show that a step is running, and then how long it took."""
        self._step += 1
        begin = time.monotonic()
        with self._console.status(f"{title} ..."):
            yield
        took = f"{time.monotonic() - begin:.1f} s"
        self._console.print(
            f"[bold cyan]{self._step}/{STEPS}[/] {title} [green]✓[/] [dim]{took}[/]"
        )

    def say(self, text: str) -> None:
        """Print an indented line below the step."""
        self._console.print(Padding(text, (0, 0, 0, 6)), highlight=False)

    def introduce(self) -> None:
        """Print what the demo shows."""
        self._console.print(Panel(INTRODUCTION, title="alarmchain", border_style="cyan"))

    def verdicts(self, verdicts: Iterable[Verdict]) -> None:
        """Print AWS Config's verdicts; regions with the same verdict of a rule share a line."""
        regions_by_verdict: dict[tuple[str, str, str], list[str]] = {}
        for verdict in verdicts:
            key = (verdict.rule, verdict.compliance, verdict.annotation)
            regions_by_verdict.setdefault(key, []).append(verdict.region)
        for (rule, compliance, annotation), regions in sorted(regions_by_verdict.items()):
            colour = "green" if compliance == "COMPLIANT" else "red"
            self.say(f"[bold]{rule}[/] in {', '.join(regions)}: [{colour}]{compliance}[/]")
            self._console.print(Padding(escape(annotation), (0, 0, 0, 8)), highlight=False)

    def remediation(self, remediation: Remediation) -> None:
        """Print what a remediation made and what it left alone."""
        title = f"[bold]{remediation.rule}[/] in {remediation.region}"
        if not remediation.made:
            self.say(f"{title}: nothing is missing any more; the regions share the log group")
            return
        self.say(f"{title}:")
        for words, items in (("made", remediation.made), ("left alone", remediation.left_alone)):
            for item in items:
                line = Padding(escape(f"{words}: {item}"), (0, 0, 0, 8))
                self._console.print(line, highlight=False)


def show(terminal: Terminal, run: Run) -> None:
    """Run and show every step. Raises DiffersError or FailedError if a result is unexpected."""
    regions = " and ".join(run.regions)
    with terminal.step("Make an account with a trail, filters and alarms"):
        run.make_account()
    for rule, fault in FAULTS.items():
        terminal.say(f"{rule}: {fault.description or 'its chain has no fault'}")
    with terminal.step(f"Deploy the rules with rdk to {regions}"):
        run.deploy()
    with terminal.step("AWS Config evaluates the deployed rules. It shows:"):
        before = run.evaluate()
    terminal.verdicts(before)
    check_before(before)
    with terminal.step("AWS Config remediates what is NON_COMPLIANT"):
        remediations = run.remediate(before)
    for remediation in remediations:
        terminal.remediation(remediation)
    with terminal.step("AWS Config evaluates the rules again. It shows:"):
        after = run.evaluate()
    terminal.verdicts(after)
    check_after(after)
    record = run.stop_logging_record()
    with terminal.step("Someone stops the trail; its last record is delivered"):
        notification = run.ring(record)
    check_rang(notification)
    terminal.say(
        f"The subscriber received: alarm [bold]{escape(notification.alarm)}[/] is in "
        f"{notification.state}."
    )
    terminal.say(escape(notification.reason))
    with terminal.step("Remove the rules with rdk undeploy; no stack is left"):
        run.undeploy()


@click.command()
def main() -> None:
    """Deploy the rules to a local AWS, evaluate them, remediate, and make the alarm go off."""
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
        # Keep all temporary files, also those of child processes, below build/demo.
        os.environ["TMPDIR"] = tempfile.tempdir = str(run.temporary)
        with terminal.step("Start the local AWS on this machine's loopback"):
            aws.start()
        show(terminal, run)
    except (BotoCoreError, ClientError, DiffersError, FailedError, DeploymentError) as error:
        console.print(f"[bold red]Failed:[/] {escape(str(error))}")
        console.print(f"[dim]The output of rdk is in {WORK / 'rdk.log'}[/]")
        return 1
    except KeyboardInterrupt:
        console.print("Interrupted.")
        return 130
    finally:
        aws.stop()
    console.print(
        "[bold green]Done:[/] everything happened as expected "
        f"({time.monotonic() - begin:.0f} s). The local AWS has stopped.\n"
        "Next, with the credentials of your account:\n"
        "  [bold]alarmchain audit --region REGION[/] shows its faults. It only reads.\n"
        "  [bold]alarmchain remedy --rule RULE --email YOU@EXAMPLE.COM[/] prints the commands"
        " that fix one.\n"
        "  [bold]make deploy[/] lets AWS Config check it every day.",
        highlight=False,
    )
    return 0


def _interrupt(signal_number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
