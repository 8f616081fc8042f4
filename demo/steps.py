"""The steps of the demo. Each does one thing and returns its result; none prints."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alarmchain.control import Control
from demo import config
from demo.account import FAULTS, HOME, LOG_GROUP, make_account
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
    """The message to the person on call: the alarm, its new state and CloudWatch's reason."""

    alarm: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class Remediation:
    """What a remediation made and left alone, in its own words."""

    rule: str
    region: str
    made: tuple[str, ...]
    left_alone: tuple[str, ...]


class Run:
    """One run of the demo on a running local AWS. All its files are below `work`.

    credentials, as environment variables, replace those of the account's user in a deployment.
    """

    def __init__(
        self,
        aws: LocalAws,
        work: Path,
        region_set: str = "default",
        rules: Iterable[str] = FAULTS,
    ) -> None:
        """Empty `work` and copy the rules' folders to it; no `rules` for all of them."""
        self.aws = aws
        self.account = DEFAULT_ACCOUNT
        self.region_set = region_set
        self.regions = regions_of(region_set)
        self.work = work
        self.credentials: Mapping[str, str] = {}
        self._queue = ""
        shutil.rmtree(work, ignore_errors=True)
        self.temporary.mkdir(parents=True)
        for folder in rule_folders(names=rules):
            copy_rule(folder, work / "rules")
        self.controls = tuple(Control.load(folder) for folder in rule_folders(work / "rules"))
        self.rules = tuple(control.name for control in self.controls)

    @property
    def temporary(self) -> Path:
        """The folder for temporary files, so that none is left outside `work`."""
        return self.work / "tmp"

    def client(self, service: str, region: str) -> Any:
        """Return a client of the account's user."""
        return self.aws.client(service, region, self.account)

    def make_account(self) -> None:
        """Fill the empty account (see demo/account.py)."""
        self._queue = make_account(self.client, self.account, self.regions, self.controls)

    def build(self) -> None:
        """Run `make build` in the run's copies of the rule folders."""
        self._deployment("build")

    def deploy(self, *options: str) -> tuple[str, ...]:
        """Run `make build` and `make deploy`, and return the output's lines.

        `options` are additional options of `python -m deployment deploy`. Raises DiffersError with
        the last line if either fails.
        """
        self.build()
        return self._deployment("deploy", *options)

    def undeploy(self) -> tuple[str, ...]:
        """Run `make undeploy` and return the output's lines. Raises DiffersError if it fails."""
        return self._deployment("undeploy")

    def evaluate(self) -> tuple[Verdict, ...]:
        """Evaluate every rule in every region and return AWS Config's verdicts."""
        return tuple(
            verdict
            for region in self.regions
            for verdict in config.evaluate(self.client("config", region), self.rules, region)
        )

    def remediate(self, verdicts: Iterable[Verdict]) -> tuple[Remediation, ...]:
        """Run the remediation of each NON_COMPLIANT verdict and return what each did.

        Raises DiffersError if a remediation does not succeed.
        """
        done = []
        for verdict in verdicts:
            if verdict.compliance == "NON_COMPLIANT":
                client = self.client("config", verdict.region)
                status = config.remediate(client, verdict.rule, self.account)
                if status["State"] != "SUCCEEDED":
                    steps = json.dumps(status.get("StepDetails", []), default=str)
                    raise DiffersError(
                        f"the remediation of {verdict.rule} in {verdict.region} failed: {steps}"
                    )
                done.append(self._last_remediation(verdict.rule, verdict.region))
        return tuple(done)

    def _last_remediation(self, rule: str, region: str) -> Remediation:
        ssm = self.client("ssm", region)
        started = ssm.describe_automation_executions()["AutomationExecutionMetadataList"]
        last = max(started, key=lambda execution: execution["ExecutionStartTime"])
        execution = ssm.get_automation_execution(
            AutomationExecutionId=last["AutomationExecutionId"]
        )["AutomationExecution"]
        result = json.loads(execution["Outputs"]["ReadBackAndReevaluate.Result"][0])
        return Remediation(rule, region, tuple(result["Made"]), tuple(result["LeftAlone"]))

    def stop_logging_record(self) -> dict[str, Any]:
        """Return the CloudTrail record of someone who has just stopped the trail's logging."""
        text = STOP_LOGGING.read_text().replace("123456789012", self.account)
        record: dict[str, Any] = json.loads(text)
        return record | {"eventTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}

    def ring(self, record: dict[str, Any]) -> Notification:
        """Write the record into the trail's log group, wait for the notification and return it.

        Raises FailedError if no notification arrives in time.
        """
        self.client("logs", HOME).put_log_events(
            logGroupName=LOG_GROUP,
            logStreamName=self.account,
            logEvents=[{"timestamp": int(time.time() * 1000), "message": json.dumps(record)}],
        )
        sqs = self.client("sqs", HOME)
        end = time.monotonic() + config.TIMEOUT
        while time.monotonic() < end:
            answer = sqs.receive_message(QueueUrl=self._queue, WaitTimeSeconds=1)
            for message in answer.get("Messages", ()):
                alarm = json.loads(json.loads(message["Body"])["Message"])
                return Notification(
                    alarm["AlarmName"], alarm["NewStateValue"], alarm["NewStateReason"]
                )
        raise FailedError(f"no notification arrived within {config.TIMEOUT:.0f} s")

    def _deployment(self, command: str, *options: str) -> tuple[str, ...]:
        options = ("--rules-root", str(self.work / "rules"), *options)
        if command != "build":
            options += ("--staging", str(self.work / "staged"), "--region-set", self.region_set)
        environment = {**self.aws.child_environment(HOME, self.account), **self.credentials}
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
            lines = (done.stderr or done.stdout).strip().splitlines() or ["no output"]
            raise DiffersError(f"{command} failed: {lines[-1]}")
        return tuple(done.stdout.splitlines())
