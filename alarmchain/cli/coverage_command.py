"""`alarmchain coverage`: which calls and classes of records of a rule a filter pattern covers."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeGuard

import click

from alarmchain.cli.completion import complete_region, complete_rule, complete_rule_set
from alarmchain.cli.json_input import JsonError, parse_json, standard_input
from alarmchain.cli.options import (
    FILES_FOLLOW,
    FilePath,
    control,
    controls,
    named_values,
    parameters,
    required_classes,
    selected_controls,
    template_files,
    unknown_rule,
)
from alarmchain.cli.report_outputs import ReportOutput, report_outputs
from alarmchain.cli.standard_streams import write_error
from alarmchain.control import Control
from alarmchain.decision.pattern_coverage import Coverage, coverage
from alarmchain.parameters import Parameters
from alarmchain.proof.prove import Verdict
from alarmchain.records.record_class import RecordClass
from alarmchain.report.coverage import as_json, unusable, write_text

_COVERED, _NOT_COVERED, _UNUSABLE = 0, 1, 2


@click.command("coverage", short_help="Prove which of a rule's calls a filter pattern covers.")
@click.argument("arguments", metavar="[PATTERN | FILE...]", nargs=-1)
@click.option(
    "--rule",
    "rules",
    multiple=True,
    metavar="NAME,...",
    shell_complete=complete_rule,
    help="Rule whose calls must be covered; with --template there may be several. Default with"
    " --template: every rule.",
)
@click.option(
    "--rule-set",
    metavar="NAME",
    shell_complete=complete_rule_set,
    help="With --template: the rules of a set, such as cis-3.0 or all, instead of --rule.",
)
@click.option(
    "--parameter",
    "pairs",
    multiple=True,
    metavar="NAME=VALUE",
    help="Parameter of the rule: CallList, AdditionalCalls, FailedCalls or ExemptRecords; may be"
    " repeated.",
)
@click.option(
    "--template",
    "templates",
    type=FilePath(),
    multiple=True,
    is_flag=False,
    flag_value=FILES_FOLLOW,
    metavar="FILE...",
    help="Use the metric filters of each FILE: a CloudFormation template, or the output of"
    " `terraform show -json`.",
)
@click.option(
    "--template-parameter",
    "template_pairs",
    multiple=True,
    metavar="NAME=VALUE",
    help="Parameter of the CloudFormation template, instead of its default; may be repeated.",
)
@click.option(
    "--jsonl",
    is_flag=True,
    help='Read lines of {"rule": ..., "pattern": ...} from standard input; write a line for each.'
    ' With {"rule": ..., "patterns": [...]}, the patterns count together.',
)
@click.option(
    "--format",
    "forms",
    multiple=True,
    type=click.Choice(["text", "json", "sarif", "junit"]),
    help="Format of the answer: text (the default) or json; with --template also sarif or junit."
    " May be repeated, each with its own --output.",
)
@click.option(
    "--output",
    "paths",
    multiple=True,
    type=FilePath(),
    metavar="FILE",
    help="With --template: write the answer to FILE; - is standard output.",
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
@click.option(
    "--region",
    metavar="NAME",
    shell_complete=complete_region,
    help="Region for --verify-with-aws.",
)
def command(
    arguments: tuple[str, ...],
    rules: tuple[str, ...],
    rule_set: str | None,
    pairs: tuple[str, ...],
    templates: tuple[Path, ...],
    template_pairs: tuple[str, ...],
    jsonl: bool,
    forms: tuple[str, ...],
    paths: tuple[Path, ...],
    verify: bool,
    profile: str | None,
    region: str | None,
) -> int:
    """Prove which of a rule's API calls the filter PATTERN covers.

    A call, or a class of records without a call's name, is covered if PATTERN matches every
    possible record of it. Otherwise the answer shows a record that PATTERN misses. With --template,
    the metric filters of each FILE replace PATTERN; those of one log group in one FILE count
    together. With --template and without --rule, all rules are checked.

    Exit status: 0 if all calls are covered, 1 if not, 2 if PATTERN is not a filter pattern or other
    input cannot be used.
    """
    rule_parameters = parameters(pairs)
    if not verify and (profile or region):
        raise click.UsageError("--profile and --region need --verify-with-aws")
    template_parameters = named_values(template_pairs)
    if templates:
        if jsonl or verify:
            raise click.UsageError("--template cannot be used with --jsonl or --verify-with-aws")
        files = template_files(templates, arguments)
        chosen = selected_controls(rules, rule_set)
        required = {each.name: required_classes(each, rule_parameters) for each in chosen}
        outputs = report_outputs(forms, paths, files)
        return _answer_templates(files, template_parameters, chosen, required, outputs)
    output = _format_of_pattern(forms)
    for option, value in (
        ("--template-parameter", template_pairs),
        ("--rule-set", rule_set),
        ("--output", paths),
    ):
        if value:
            raise click.UsageError(f"{option} needs --template")
    if jsonl:
        if arguments or rules or verify:
            raise click.UsageError(
                "--jsonl cannot be used with PATTERN, --rule or --verify-with-aws"
            )
        return _answer_lines(rule_parameters)
    rule, pattern = _rule_and_pattern(rules, arguments)
    result = coverage(required_classes(control(rule), rule_parameters), pattern)
    return _answer(rule, result, output, (profile, region) if verify else None)


def _rule_and_pattern(rules: tuple[str, ...], arguments: tuple[str, ...]) -> tuple[str, str]:
    if not arguments or not rules:
        raise click.UsageError("expected --rule NAME and a PATTERN, or --template, or --jsonl")
    if len(rules) > 1:
        raise click.UsageError(f"a PATTERN is for one rule; --rule names {len(rules)}")
    if len(arguments) > 1:
        count = f"got {len(arguments)} arguments"
        raise click.UsageError(f"expected one PATTERN; {count}. Put the pattern in quotes")
    return rules[0], arguments[0]


def _format_of_pattern(forms: tuple[str, ...]) -> str:
    """Return the format of the answer about a PATTERN. Raises click.UsageError."""
    if len(forms) > 1:
        raise click.UsageError(f"{len(forms)} --format need --template")
    output = forms[0] if forms else "text"
    if output not in ("text", "json"):
        raise click.UsageError(f"--format {output} needs --template")
    return output


def _answer_templates(
    files: tuple[Path, ...],
    template_parameters: Mapping[str, str],
    chosen: tuple[Control, ...],
    required: Mapping[str, Mapping[str, RecordClass]],
    outputs: tuple[ReportOutput, ...],
) -> int:
    from alarmchain.cli.template_coverage import write_template_coverages

    return write_template_coverages(files, template_parameters, chosen, required, outputs)


def _answer(
    rule: str, result: Coverage, output: str, verify: tuple[str | None, str | None] | None
) -> int:
    answer: dict[str, Any] = as_json(rule, result, {"pattern": result.texts[0]})
    if result.error is not None:
        if output == "json":
            click.echo(json.dumps(answer))
        else:
            write_error(f"alarmchain: {result.error.explanation()}")
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
    known = {name: required_classes(each, rule_parameters) for name, each in controls().items()}
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
        return unusable(None, {"pattern": None}, f"{place} {error}")
    if not isinstance(request, dict):
        expected = 'expected an object {"rule": ..., "pattern": ...}'
        return unusable(None, {"pattern": None}, f"{place}: {expected}")
    rule, name = request.get("rule"), "patterns" if "patterns" in request else "pattern"
    patterns = request.get(name)
    requested = {name: patterns}
    if not isinstance(rule, str):
        return unusable(
            rule, requested, f"{place}: 'rule' is {json.dumps(rule)}; expected a string"
        )
    texts = patterns if name == "patterns" else [patterns]
    if not _is_list_of_texts(texts):
        expected = "a list of strings" if name == "patterns" else "a string"
        fault = f"{place}: '{name}' is {json.dumps(patterns)}; expected {expected}"
        return unusable(rule, requested, fault)
    if name == "patterns" and "pattern" in request:
        return unusable(rule, requested, f"{place} has both 'pattern' and 'patterns'; expected one")
    if rule not in known:
        return unusable(rule, requested, f"{place}: {unknown_rule(rule, controls())}")
    return as_json(rule, coverage(known[rule], *texts), requested)


def _is_list_of_texts(values: object) -> TypeGuard[list[str]]:
    return (
        isinstance(values, list) and bool(values) and all(isinstance(text, str) for text in values)
    )
