"""`alarmchain coverage`: what a filter pattern covers of a rule's calls."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from alarmchain.cli.json_input import no_number, standard_input
from alarmchain.cli.options import FilePath, control, controls, parameters, unknown_rule
from alarmchain.control import Control
from alarmchain.decision.pattern_coverage import Coverage, coverage
from alarmchain.parameters import Parameters
from alarmchain.proof.prove import Verdict
from alarmchain.records.record_class import RecordClass, api_call
from alarmchain.report.coverage import as_json, unusable, write_text

_COVERED, _NOT_COVERED, _UNUSABLE = 0, 1, 2


@click.command("coverage", short_help="Tell which of a rule's calls a filter pattern matches.")
@click.argument("pattern", required=False)
@click.option("--rule", metavar="NAME", help="Rule whose calls the pattern should match.")
@click.option(
    "--parameter",
    "given",
    multiple=True,
    metavar="NAME=VALUE",
    help="Parameter of the rule: CallList, AdditionalCalls or FailedCalls; may be repeated.",
)
@click.option(
    "--template",
    type=FilePath(),
    metavar="FILE",
    help="Take the metric filters of a CloudFormation template, or of `terraform show -json`.",
)
@click.option(
    "--jsonl",
    is_flag=True,
    help='Read {"rule": ..., "pattern": ...} a line from standard input, and answer each by one.',
)
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to write the answer.",
)
@click.option(
    "--verify-with-aws",
    "verify",
    is_flag=True,
    help="Ask CloudWatch Logs (TestMetricFilter, read-only) whether it sees the records alike.",
)
@click.option("--profile", metavar="NAME", help="Profile of the AWS configuration to verify with.")
@click.option("--region", metavar="NAME", help="Region to verify in.")
def command(
    pattern: str | None,
    rule: str | None,
    given: tuple[str, ...],
    template: Path | None,
    jsonl: bool,
    output: str,
    verify: bool,
    profile: str | None,
    region: str | None,
) -> int:
    """Tell which of a rule's API calls the filter PATTERN matches, whatever their records hold.

    A call is covered if every record of it is matched. Else a record is shown that escapes.
    With --template the metric filters of FILE take the place of PATTERN, those of one log group
    together, and without --rule the calls of all rules are asked for.

    Exit status: 0 if all calls are covered, 1 if not all are, 2 if PATTERN is no filter pattern or
    something given can't be used.
    """
    wanted = parameters(given)
    if not verify and (profile or region):
        raise click.UsageError("--profile and --region go with --verify-with-aws")
    if template is not None:
        if pattern is not None or jsonl or verify:
            raise click.UsageError("--template takes its patterns from FILE alone")
        return _answer_template(template, rule, wanted, output)
    if jsonl:
        if pattern is not None or rule or verify:
            raise click.UsageError("--jsonl reads rules and patterns from standard input alone")
        return _answer_lines(wanted)
    if pattern is None or not rule:
        raise click.UsageError("expected --rule NAME and a PATTERN, or --template, or --jsonl")
    found = coverage(pattern, records(control(rule), wanted))
    return _answer(rule, found, output, (profile, region) if verify else None)


def _answer_template(path: Path, rule: str | None, wanted: Parameters, output: str) -> int:
    from alarmchain.cli.template_coverage import write_template_coverage

    asked = {rule: control(rule)} if rule else controls()
    return write_template_coverage(
        path, {name: records(required, wanted) for name, required in asked.items()}, output
    )


def records(required: Control, wanted: Parameters) -> dict[str, RecordClass]:
    """Every record of each of the rule's calls, in any region and account, by the call's name."""
    return {
        name: api_call(
            call.event_source,
            call.event_name,
            region=None,
            account=None,
            read_only=call.read_only,
            failed=None if wanted.failed_calls_required else False,
        )
        for name, call in wanted.calls(required).items()
    }


def _answer(
    rule: str, found: Coverage, output: str, verify: tuple[str | None, str | None] | None
) -> int:
    answer: dict[str, Any] = as_json(rule, found)
    if found.error is not None:
        if output == "json":
            click.echo(json.dumps(answer))
        else:
            click.echo(f"alarmchain: {found.error.explanation()}", err=True)
        return _UNUSABLE
    agreement = None
    if verify is not None:
        from alarmchain.cli.verify_with_aws import verify_with_aws

        agreement = verify_with_aws(found, *verify)
        answer["aws"] = agreement.as_json()
    if output == "json":
        click.echo(json.dumps(answer))
    else:
        write_text(rule, found, agreement)
    covered = all(proof.verdict is Verdict.COVERED for proof in found.proofs.values())
    agreed = agreement is None or agreement.complete
    return _COVERED if covered and agreed else _NOT_COVERED


def _answer_lines(wanted: Parameters) -> int:
    known = {name: records(required, wanted) for name, required in controls().items()}
    status = _COVERED
    for number, line in enumerate(_lines(), 1):
        answer = _answer_line(line, f"line {number}", known)
        if answer["syntax"] is None:
            status = _UNUSABLE
        click.echo(json.dumps(answer))
    return status


def _lines() -> Iterator[bytes]:
    yield from iter(standard_input().readline, b"")


def _answer_line(
    line: bytes, place: str, known: dict[str, dict[str, RecordClass]]
) -> dict[str, Any]:
    try:
        # Without its end, so that an error lies in this line and not in the next.
        request = json.loads(line.rstrip(b"\r\n"), parse_constant=no_number)
    except UnicodeDecodeError:
        return unusable(None, None, f"{place} is not UTF-8")
    except json.JSONDecodeError as error:
        return unusable(None, None, f"{place} is not JSON: {error.msg} at column {error.colno}")
    except (ValueError, RecursionError) as error:
        return unusable(None, None, f"{place} is not JSON: {error}")
    if not isinstance(request, dict):
        return unusable(None, None, f'{place}: expected an object {{"rule": ..., "pattern": ...}}')
    rule, pattern = request.get("rule"), request.get("pattern")
    if not isinstance(rule, str) or not isinstance(pattern, str):
        name, value = ("pattern", pattern) if isinstance(rule, str) else ("rule", rule)
        said = f"{place}: '{name}' is {json.dumps(value)}; expected a string"
        return unusable(rule, pattern, said)
    if rule not in known:
        return unusable(rule, pattern, f"{place}: {unknown_rule(rule, controls())}")
    return as_json(rule, coverage(pattern, known[rule]))
