"""`alarmchain coverage`: which of a rule's calls a filter pattern covers."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from alarmchain.cli.json_input import JsonError, parse_json, standard_input
from alarmchain.cli.options import FilePath, control, controls, parameters, unknown_rule
from alarmchain.control import Control
from alarmchain.decision.pattern_coverage import Coverage, coverage
from alarmchain.parameters import Parameters
from alarmchain.proof.prove import Verdict
from alarmchain.records.record_class import RecordClass
from alarmchain.report.coverage import as_json, unusable, write_text

_COVERED, _NOT_COVERED, _UNUSABLE = 0, 1, 2


@click.command("coverage", short_help="Prove which of a rule's calls a filter pattern covers.")
@click.argument("pattern", required=False)
@click.option("--rule", metavar="NAME", help="Rule whose calls the pattern must cover.")
@click.option(
    "--parameter",
    "pairs",
    multiple=True,
    metavar="NAME=VALUE",
    help="Parameter of the rule: CallList, AdditionalCalls or FailedCalls; may be repeated.",
)
@click.option(
    "--template",
    type=FilePath(),
    metavar="FILE",
    help="Use the metric filters of FILE: a CloudFormation template, or `terraform show -json`.",
)
@click.option(
    "--jsonl",
    is_flag=True,
    help='Read lines of {"rule": ..., "pattern": ...} from standard input; write a line for each.',
)
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Format of the answer.",
)
@click.option(
    "--verify-with-aws",
    "verify",
    is_flag=True,
    help="Compare the answer with CloudWatch Logs (TestMetricFilter, which only reads).",
)
@click.option(
    "--profile", metavar="NAME", help="Profile of the AWS configuration for --verify-with-aws."
)
@click.option("--region", metavar="NAME", help="Region for --verify-with-aws.")
def command(
    pattern: str | None,
    rule: str | None,
    pairs: tuple[str, ...],
    template: Path | None,
    jsonl: bool,
    output: str,
    verify: bool,
    profile: str | None,
    region: str | None,
) -> int:
    """Prove which of a rule's API calls the filter PATTERN covers.

    A call is covered if PATTERN matches every possible record of it. Otherwise the answer shows a
    record that PATTERN misses. With --template, the metric filters of FILE replace PATTERN; those
    of one log group count together. With --template and without --rule, all rules are checked.

    Exit status: 0 if all calls are covered, 1 if not, 2 if PATTERN is not a filter pattern or other
    input cannot be used.
    """
    rule_parameters = parameters(pairs)
    if not verify and (profile or region):
        raise click.UsageError("--profile and --region need --verify-with-aws")
    if template is not None:
        if pattern is not None or jsonl or verify:
            raise click.UsageError(
                "--template cannot be used with PATTERN, --jsonl or --verify-with-aws"
            )
        return _answer_template(template, rule, rule_parameters, output)
    if jsonl:
        if pattern is not None or rule or verify:
            raise click.UsageError(
                "--jsonl cannot be used with PATTERN, --rule or --verify-with-aws"
            )
        return _answer_lines(rule_parameters)
    if pattern is None or not rule:
        raise click.UsageError("expected --rule NAME and a PATTERN, or --template, or --jsonl")
    result = coverage(pattern, records(control(rule), rule_parameters))
    return _answer(rule, result, output, (profile, region) if verify else None)


def _answer_template(path: Path, rule: str | None, rule_parameters: Parameters, output: str) -> int:
    from alarmchain.cli.template_coverage import write_template_coverage

    selected = {rule: control(rule)} if rule else controls()
    return write_template_coverage(
        path, {name: records(each, rule_parameters) for name, each in selected.items()}, output
    )


def records(rule: Control, rule_parameters: Parameters) -> dict[str, RecordClass]:
    """Return the classes that the rule requires by name, each with records of any region and
    account."""
    return rule_parameters.required_classes(rule, region=None, account=None)


def _answer(
    rule: str, result: Coverage, output: str, verify: tuple[str | None, str | None] | None
) -> int:
    answer: dict[str, Any] = as_json(rule, result)
    if result.error is not None:
        if output == "json":
            click.echo(json.dumps(answer))
        else:
            click.echo(f"alarmchain: {result.error.explanation()}", err=True)
        return _UNUSABLE
    agreement = None
    if verify is not None:
        from alarmchain.cli.verify_with_aws import verify_with_aws

        agreement = verify_with_aws(result, *verify)
        answer["aws"] = agreement.as_json()
    if output == "json":
        click.echo(json.dumps(answer))
    else:
        write_text(rule, result, agreement)
    covered = all(proof.verdict is Verdict.COVERED for proof in result.proofs.values())
    agreed = agreement is None or agreement.complete
    return _COVERED if covered and agreed else _NOT_COVERED


def _answer_lines(rule_parameters: Parameters) -> int:
    known = {name: records(each, rule_parameters) for name, each in controls().items()}
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
        # Without the line's end: the position of an error is then in this line, not in the next.
        request = parse_json(line.rstrip(b"\r\n"))
    except JsonError as error:
        return unusable(None, None, f"{place} {error}")
    if not isinstance(request, dict):
        return unusable(None, None, f'{place}: expected an object {{"rule": ..., "pattern": ...}}')
    rule, pattern = request.get("rule"), request.get("pattern")
    if not isinstance(rule, str) or not isinstance(pattern, str):
        name, value = ("pattern", pattern) if isinstance(rule, str) else ("rule", rule)
        problem = f"{place}: '{name}' is {json.dumps(value)}; expected a string"
        return unusable(rule, pattern, problem)
    if rule not in known:
        return unusable(rule, pattern, f"{place}: {unknown_rule(rule, controls())}")
    return as_json(rule, coverage(pattern, known[rule]))
