"""The steps of the main job. Each does one thing and returns what came of it; none prints."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alarmchain.control import Control
from demo import config
from demo.account import HOME, LOG_GROUP, make_account
from demo.config import FailedError, Verdict
from demo.errors import DiffersError
from deployment.folders import CHECKOUT, rule_folders
from deployment.regions import regions_of
from deployment.staging import copy_rule
from localaws.accounts import DEFAULT_ACCOUNT
from localaws.server import LocalAws

STOP_LOGGING = Path(__file__).with_name("stop-logging.json")


@dataclass(frozen=True, slots=True)
class Notification:
    """What the person on call got: the alarm, its new state and CloudWatch's reason."""

    alarm: str
    state: str
    reason: str


class Run:
    """One run of the main job against a running local AWS, with all its files under `work`."""

    def __init__(self, aws: LocalAws, work: Path, region_set: str = "default") -> None:
        """Copies the rule folders to `work`, which is emptied first."""
        self.aws = aws
        self.account = DEFAULT_ACCOUNT
        self.region_set = region_set
        self.regions = regions_of(region_set)
        self.work = work
        self._queue = ""
        shutil.rmtree(work, ignore_errors=True)
        self.temporary.mkdir(parents=True)
        for folder in rule_folders():
            copy_rule(folder, work / "rules")
        self.controls = tuple(Control.load(folder) for folder in rule_folders(work / "rules"))
        self.rules = tuple(control.name for control in self.controls)

    @property
    def temporary(self) -> Path:
        """Where temporary files go, so that none is left outside `work`."""
        return self.work / "tmp"

    def client(self, service: str, region: str) -> Any:
        """A client of the account's user."""
        return self.aws.client(service, region, self.account)

    def make_account(self) -> None:
        """Fills the empty account: see demo/account.py."""
        self._queue = make_account(self.client, self.account, self.regions, self.controls)

    def build(self) -> None:
        """`make build`, in the run's own copies of the rule folders."""
        self._deployment("build")

    def deploy(self, *options: str) -> tuple[str, ...]:
        """`make build` and `make deploy`; returns RDK's and the read-back's lines.

        `options` are more of `python -m deployment deploy`. Raises DiffersError with the last line
        if either fails.
        """
        self.build()
        return self._deployment("deploy", *options)

    def undeploy(self) -> tuple[str, ...]:
        """`make undeploy`; returns its lines. Raises DiffersError if a stack is left."""
        return self._deployment("undeploy")

    def evaluate(self) -> tuple[Verdict, ...]:
        """Evaluates every rule in every region; the verdicts are what AWS Config shows."""
        return tuple(
            verdict
            for region in self.regions
            for verdict in config.evaluate(self.client("config", region), self.rules, region)
        )

    def remediate(self, verdicts: Iterable[Verdict]) -> None:
        """Runs the remediation of each verdict that is NON_COMPLIANT.

        Raises DiffersError if one does not succeed.
        """
        for verdict in verdicts:
            if verdict.compliance == "NON_COMPLIANT":
                client = self.client("config", verdict.region)
                status = config.remediate(client, verdict.rule, self.account)
                if status["State"] != "SUCCEEDED":
                    steps = json.dumps(status.get("StepDetails", []), default=str)
                    raise DiffersError(
                        f"remediation of {verdict.rule} in {verdict.region} failed: {steps}"
                    )

    def stop_logging_record(self) -> dict[str, Any]:
        """A CloudTrail record of someone who has just stopped the trail's logging."""
        text = STOP_LOGGING.read_text().replace("123456789012", self.account)
        record: dict[str, Any] = json.loads(text)
        return record | {"eventTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}

    def ring(self, record: dict[str, Any]) -> Notification:
        """Writes the record into the trail's log group, and waits for the notification.

        Raises FailedError if none comes.
        """
        self.client("logs", HOME).put_log_events(
            logGroupName=LOG_GROUP,
            logStreamName=self.account,
            logEvents=[{"timestamp": int(time.time() * 1000), "message": json.dumps(record)}],
        )
        sqs = self.client("sqs", HOME)
        end = time.monotonic() + config.PATIENCE
        while time.monotonic() < end:
            answer = sqs.receive_message(QueueUrl=self._queue, WaitTimeSeconds=1)
            for message in answer.get("Messages", ()):
                told = json.loads(json.loads(message["Body"])["Message"])
                return Notification(
                    told["AlarmName"], told["NewStateValue"], told["NewStateReason"]
                )
        raise FailedError(f"no notification came in {config.PATIENCE:.0f} s")

    def _deployment(self, command: str, *options: str) -> tuple[str, ...]:
        options = ("--rules-root", str(self.work / "rules"), *options)
        if command != "build":
            options += ("--staging", str(self.work / "staged"), "--region-set", self.region_set)
        environment = self.aws.child_environment(HOME, self.account)
        done = subprocess.run(
            [sys.executable, "-m", "deployment", command, *options],
            cwd=CHECKOUT,
            env={**os.environ, **environment, "TMPDIR": str(self.temporary)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        with (self.work / "rdk.log").open("a") as log:
            log.write(done.stdout + done.stderr)
        if done.returncode:
            words = (done.stderr or done.stdout).strip().splitlines() or ["no output"]
            raise DiffersError(f"{command} failed: {words[-1]}")
        return tuple(done.stdout.splitlines())
