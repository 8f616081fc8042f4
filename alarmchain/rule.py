"""The AWS Config rule: what a Lambda handler does between its event and PutEvaluations.

The only importer of rdklib. rdklib ends in silence on several kinds of errors, and leaves the old
verdict standing: here each of them becomes a verdict, or is raised so that Lambda tries again.
"""

import logging
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from rdklib import ConfigRule, Evaluation, Evaluator

from alarmchain.collector import CONFIG, Clients, CollectError
from alarmchain.collector.errors import RefusedError
from alarmchain.collector.sdk_models import taught
from alarmchain.config_rule.config_event import ConfigEvent
from alarmchain.config_rule.deadline import DeadlineExceededError, run_within
from alarmchain.control import Control
from alarmchain.decision.annotation import plain
from alarmchain.decision.read_and_assess import described, follow
from alarmchain.parameters import ParameterError, Parameters
from alarmchain.snapshot.reads import Need
from alarmchain.snapshot.snapshot import Snapshot

RESERVE = 10.0
"""Seconds of the Lambda's time that are kept for reporting."""

ATTEMPTS = 8
"""How often a call is tried: all regions' rules may start at once, and ask one region's log groups
and alarms. docs/scale.md has the simulation; RESERVE keeps them within the Lambda's time."""

Handler = Callable[[Mapping[str, Any], object], list[dict[str, Any]]]


class ReportError(Exception):
    """AWS Config did not take the verdict."""


def handler(file: str) -> Handler:
    """The Lambda handler of the rule in whose folder `file` lies, beside its control.toml.

    It returns the evaluations that were reported. It raises ReportError where PutEvaluations
    failed, EventError where there is nothing to report to, and CollectError where AWS failed for a
    time: then Lambda tries again. Everything else ends in a verdict.
    """
    control = Control.load(Path(file).parent)
    session = cache(_bounded_session)  # it holds botocore's models: slow to read a second time

    def lambda_handler(event: Mapping[str, Any], context: object) -> list[dict[str, Any]]:
        invocation = ConfigEvent.read(event, context)
        with _default(session()):
            try:
                return _reported(ChainRule(control, invocation, context), invocation, context)
            except RefusedError as refused:
                # The role that was to read the account can't report either.
                logging.getLogger(__name__).error("%s", ascii(str(refused)))
                own = ChainRule(control, invocation, context, refused=str(refused))
                return _reported(own, invocation, context)

    return lambda_handler


def _reported(rule: "ChainRule", invocation: ConfigEvent, context: object) -> list[dict[str, Any]]:
    answer = Evaluator(rule).handle(dict(invocation.event), context)
    if not isinstance(answer, list):
        said = ": ".join(str(part) for part in answer.values() if part)
        raise ReportError(f"AWS Config did not take the verdict: {said}")
    return answer


def _bounded_session() -> botocore.session.Session:
    """A session whose clients have our time-outs, and tell of a verdict that is not taken."""
    session = taught(botocore.session.Session())
    retries = {"mode": "standard", "total_max_attempts": ATTEMPTS}
    session.set_default_client_config(CONFIG.merge(Config(retries=retries)))
    session.register("after-call.config-service.PutEvaluations", _all_taken)
    return session


def _all_taken(parsed: Mapping[str, Any], **_: object) -> None:
    """rdklib does not look at PutEvaluations' answer, which can refuse while it succeeds."""
    refused = parsed.get("FailedEvaluations")
    if refused:
        raise ReportError(f"AWS Config did not take the verdict: {refused}")


@contextmanager
def _default(session: botocore.session.Session) -> Iterator[None]:
    """Makes it boto3's default session, from which rdklib makes its clients."""
    before = boto3.DEFAULT_SESSION
    boto3.setup_default_session(botocore_session=session)
    try:
        yield
    finally:
        boto3.DEFAULT_SESSION = before


class ChainRule(ConfigRule):  # type: ignore[misc]
    """One control in the region and account of one invocation.

    `refused`: why the role that was to be assumed may not be; it is reported without that role.
    """

    # The verdict is always on the account: there are no other resources' to be taken back.
    delete_old_evaluations_on_scheduled_notification = False

    def __init__(
        self, control: Control, invocation: ConfigEvent, context: object, refused: str = ""
    ) -> None:
        super().__init__()
        self._control = control
        self._invocation = invocation
        self._remaining = getattr(context, "get_remaining_time_in_millis", None)
        self._refused = refused
        self._reading: Need | None = None

    def get_assume_role_mode(self, event: Mapping[str, Any]) -> bool:
        """rdklib's default is to assume AWS Config's role, which is mostly not to be had."""
        return self._invocation.assumes_role and not self._refused

    def get_assume_role_region(self, event: Mapping[str, Any]) -> str:
        """The rule's own region: it is there that the verdict goes."""
        return self._invocation.region

    def evaluate_parameters(
        self, rule_parameters: Mapping[str, Any]
    ) -> Parameters | ParameterError:
        """The parameters, or what is wrong: raised, rdklib would keep it to itself."""
        return self._invocation.parameters

    def evaluate_periodic(
        self,
        event: Mapping[str, Any],
        client_factory: Any,
        valid_rule_parameters: Parameters | ParameterError,
    ) -> list[Evaluation]:
        """The verdict on the account. Raises CollectError where another try may well succeed."""
        compliance, annotation = self._verdict(client_factory, valid_rule_parameters)
        resource = (self._invocation.account, "AWS::::Account")
        return [Evaluation(compliance, *resource, annotation=plain(annotation))]

    def _verdict(
        self, client_factory: Any, parameters: Parameters | ParameterError
    ) -> tuple[str, str]:
        if isinstance(parameters, ParameterError):
            return self._unknown(str(parameters))
        if self._refused:
            return self._unknown(self._refused)
        here, account = self._invocation.here, self._invocation.account
        if here not in ("", account) and not self._invocation.assumes_role:
            return self._unknown(
                f"the function runs in account {here}: set ExecutionRoleName to a role of {account}"
            )
        clients = Clients(client_factory.build_client, parameters.organization_trail_role_arn)
        try:
            return run_within(self._time_left(), lambda: self._followed(parameters, clients))
        except DeadlineExceededError:
            doing = f"reading {described(self._reading)}" if self._reading else "before any read"
            return self._unknown(f"ran out of time {doing}; give the function more time")
        except CollectError as error:
            if error.transient or isinstance(error, RefusedError):
                raise
            return self._unknown(str(error))
        # An old verdict must not outlive a mistake of ours either.
        except Exception as error:  # noqa: BLE001
            # Its text may hold an account's names, which must not look like lines of the log.
            told = "".join(traceback.format_tb(error.__traceback__))
            logging.getLogger(__name__).error("the rule failed: %s\n%s", ascii(error), told)
            return self._unknown(f"the rule failed: {type(error).__name__}: {error}")

    def _followed(self, parameters: Parameters, clients: Clients) -> tuple[str, str]:
        snapshot = Snapshot(self._invocation.account, time.time())
        assessment, _ = follow(
            self._control,
            snapshot,
            self._invocation.region,
            parameters,
            clients,
            self._before_read,
        )
        return assessment.compliance, assessment.annotation

    def _before_read(self, need: Need) -> None:
        self._reading = need
        left = self._time_left()
        if left is not None and left <= 0:
            raise DeadlineExceededError

    def _time_left(self) -> float | None:
        """Seconds until it has to be reported; None where there is no limit."""
        if self._remaining is None:
            return None
        return float(self._remaining()) / 1000 - RESERVE

    def _unknown(self, reason: str) -> tuple[str, str]:
        return self._invocation.unprovable_verdict, f"UNKNOWN: {reason}"
