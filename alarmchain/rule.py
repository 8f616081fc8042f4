"""The AWS Config rule: what the Lambda handler does between its event and PutEvaluations.

The only importer of rdklib. rdklib ends silently on several kinds of errors and leaves the old
verdict in place. Here each of them becomes a verdict, or is raised so that Lambda tries again.
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

from alarmchain.collector.clients import CONFIG, Clients
from alarmchain.collector.collect import collect
from alarmchain.collector.errors import CollectError, RefusedError
from alarmchain.collector.sdk_models import add_models
from alarmchain.config_rule.config_event import ConfigEvent
from alarmchain.config_rule.deadline import DeadlineExceededError, run_within
from alarmchain.control import Control
from alarmchain.decision.annotation import plain
from alarmchain.decision.read_and_assess import describe_read, read_and_assess
from alarmchain.parameters import CONTROL, ParameterError, Parameters, shown
from alarmchain.snapshot.reads import Read
from alarmchain.snapshot.snapshot import Snapshot

RESERVE = 10.0
"""Seconds of the Lambda function's time that are kept for reporting."""

ATTEMPTS = 8
"""How often a call is tried. The rules of all regions may start at once and read the log groups and
alarms of one region; docs/scale.md has the simulation. RESERVE keeps the retries within the
function's time."""

Handler = Callable[[Mapping[str, Any], object], list[dict[str, Any]]]
FindControl = Callable[[str], Control]
"""Returns the control of an evaluation. The argument is the value of its parameter `Control`, "" if
it is not given. Raises ParameterError."""


class ReportError(Exception):
    """AWS Config did not accept the verdict."""


def handler(file: str) -> Handler:
    """Return the Lambda handler of the rule whose folder contains `file` and its control.toml."""
    control = Control.load(Path(file).parent)

    def find_control(name: str) -> Control:
        if name not in ("", control.name):
            raise ParameterError(
                f"parameter '{CONTROL}' is {shown(name)}, but this function is of the rule"
                f" {control.name} alone: remove the parameter"
            )
        return control

    return handler_of(find_control)


def handler_of(find_control: FindControl) -> Handler:
    """Return the Lambda handler of the rules whose controls `find_control` returns.

    The handler returns the reported evaluations. It raises ReportError if PutEvaluations failed,
    EventError if the event leaves no way to report, and CollectError if AWS failed temporarily:
    then Lambda tries again. Everything else ends in a verdict.
    """
    session = cache(_bounded_session)  # it keeps botocore's models, which are slow to load

    def lambda_handler(event: Mapping[str, Any], context: object) -> list[dict[str, Any]]:
        config_event = ConfigEvent.read(event, context)
        with _default_session(session()):
            try:
                return _report(ChainRule(find_control, config_event, context), context)
            except RefusedError as error:
                # The role that cannot be assumed cannot report either: report without it.
                logging.getLogger(__name__).error("%s", ascii(str(error)))
                without_role = ChainRule(find_control, config_event, context, refusal=str(error))
                return _report(without_role, context)

    return lambda_handler


def _report(rule: "ChainRule", context: object) -> list[dict[str, Any]]:
    answer = Evaluator(rule).handle(dict(rule.config_event.event), context)
    if not isinstance(answer, list):
        details = ": ".join(str(part) for part in answer.values() if part)
        raise ReportError(f"AWS Config did not accept the verdict: {details}")
    return answer


def _bounded_session() -> botocore.session.Session:
    """Return a session with our time-outs that raises ReportError for a rejected verdict."""
    session = add_models(botocore.session.Session())
    retries = {"mode": "standard", "total_max_attempts": ATTEMPTS}
    session.set_default_client_config(CONFIG.merge(Config(retries=retries)))
    session.register("after-call.config-service.PutEvaluations", _check_answer)
    return session


def _check_answer(parsed: Mapping[str, Any], **_: object) -> None:
    """Raise ReportError if PutEvaluations succeeded but rejected evaluations; rdklib ignores it."""
    rejected = parsed.get("FailedEvaluations")
    if rejected:
        raise ReportError(f"AWS Config did not accept the verdict: {rejected}")


@contextmanager
def _default_session(session: botocore.session.Session) -> Iterator[None]:
    """Make the session boto3's default for a time: rdklib makes its clients from the default."""
    before = boto3.DEFAULT_SESSION
    boto3.setup_default_session(botocore_session=session)
    try:
        yield
    finally:
        boto3.DEFAULT_SESSION = before


class ChainRule(ConfigRule):  # type: ignore[misc]
    """One control in the region and account of one event.

    `refusal`: why the role that the parameters name cannot be assumed, "" if it can. With a refusal
    the rule reports it, and does so without the role.
    """

    # The verdict is always on the account: no older evaluations of other resources need removal.
    delete_old_evaluations_on_scheduled_notification = False

    def __init__(
        self,
        find_control: FindControl,
        config_event: ConfigEvent,
        context: object,
        refusal: str = "",
    ) -> None:
        super().__init__()
        self.config_event = config_event
        self._find_control = find_control
        self._remaining = getattr(context, "get_remaining_time_in_millis", None)
        self._refusal = refusal
        self._last_read: Read | None = None

    def get_assume_role_mode(self, event: Mapping[str, Any]) -> bool:
        """Return whether to assume a role; rdklib's default role can rarely be assumed."""
        return self.config_event.assumes_role and not self._refusal

    def get_assume_role_region(self, event: Mapping[str, Any]) -> str:
        """Return the rule's own region, to which the verdict is reported."""
        return self.config_event.region

    def evaluate_parameters(
        self, rule_parameters: Mapping[str, Any]
    ) -> Parameters | ParameterError:
        """Return the parameters, or the error in them: rdklib would not report a raised error."""
        return self.config_event.parameters

    def evaluate_periodic(
        self,
        event: Mapping[str, Any],
        client_factory: Any,
        valid_rule_parameters: Parameters | ParameterError,
    ) -> list[Evaluation]:
        """Return the verdict on the account. Raises CollectError if another try may succeed."""
        compliance, annotation = self._verdict(client_factory, valid_rule_parameters)
        resource = (self.config_event.account, "AWS::::Account")
        return [Evaluation(compliance, *resource, annotation=plain(annotation))]

    def _verdict(
        self, client_factory: Any, parameters: Parameters | ParameterError
    ) -> tuple[str, str]:
        """Return the compliance and the annotation."""
        if isinstance(parameters, ParameterError):
            return self._unknown(str(parameters))
        if self._refusal:
            return self._unknown(self._refusal)
        own, account = self.config_event.function_account, self.config_event.account
        if own not in ("", account) and not self.config_event.assumes_role:
            return self._unknown(
                f"the function runs in account {own}; set ExecutionRoleName to a role of {account}"
            )
        clients = Clients(client_factory.build_client, parameters.organization_trail_role_arn)
        try:
            control = self._find_control(self.config_event.control_name)
            return run_within(self._time_left(), lambda: self._assess(control, parameters, clients))
        except DeadlineExceededError:
            read = self._last_read
            doing = f"reading {describe_read(read)}" if read else "before the first read"
            return self._unknown(f"ran out of time {doing}; give the function more time")
        except ParameterError as error:
            return self._unknown(str(error))
        except CollectError as error:
            if error.transient or isinstance(error, RefusedError):
                raise
            return self._unknown(str(error))
        # A mistake in this code must not leave an old verdict in place either.
        except Exception as error:  # noqa: BLE001
            # The text may contain names from the account, which must not look like lines of a log.
            frames = "".join(traceback.format_tb(error.__traceback__))
            logging.getLogger(__name__).error("the rule failed: %s\n%s", ascii(error), frames)
            return self._unknown(f"the rule failed: {type(error).__name__}: {error}")

    def _assess(
        self, control: Control, parameters: Parameters, clients: Clients
    ) -> tuple[str, str]:
        def answer(snapshot: Snapshot, read: Read) -> Snapshot:
            self._last_read = read
            left = self._time_left()
            if left is not None and left <= 0:
                raise DeadlineExceededError
            return collect(snapshot, [read], clients)

        snapshot = Snapshot(self.config_event.account, time.time())
        assessment, _ = read_and_assess(
            control, snapshot, self.config_event.region, parameters, answer
        )
        return assessment.compliance, assessment.annotation

    def _time_left(self) -> float | None:
        """Return the seconds until the verdict must be reported, None for no limit."""
        if self._remaining is None:
            return None
        return float(self._remaining()) / 1000 - RESERVE

    def _unknown(self, reason: str) -> tuple[str, str]:
        return self.config_event.unprovable_verdict, f"UNKNOWN: {reason}"
