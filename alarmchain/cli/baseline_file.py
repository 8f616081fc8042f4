"""Reads the file of --baseline: an earlier JSON report."""

from collections.abc import Mapping
from pathlib import Path

import click

from alarmchain.cli.json_input import JsonError, parse_json, read_file
from alarmchain.json_document import DocumentError
from alarmchain.parameters import ParameterError, Parameters
from alarmchain.report.baseline import Baseline


def load(path: Path | None, parameters: Parameters) -> Baseline | None:
    """Return the baseline in the file, if there is one; `parameters`: those of this audit.

    Raises click.ClickException, which names the file and the position of the fault, also if the
    baseline was made with other parameters: its verdicts answer another question.
    """
    if path is None:
        return None
    try:
        baseline = Baseline.of(parse_json(read_file(path, "baseline"), unique_keys=True))
        earlier = Parameters.read(baseline.parameters)
    except JsonError as error:
        raise click.ClickException(f"baseline {path} {error}") from None
    except DocumentError as error:
        raise click.ClickException(f"{path} cannot be the baseline: {error}") from None
    except ParameterError as error:
        message = f"{path} cannot be the baseline: its parameters are not valid: {error}"
        raise click.ClickException(message) from None
    if earlier != parameters:
        raise click.ClickException(
            f"{path} cannot be the baseline: it was made with {_named(baseline.parameters)}, this"
            f" audit with {_named(parameters.given)}; use the same, or write a new baseline"
        )
    return baseline


def _named(parameters: Mapping[str, str]) -> str:
    pairs = ", ".join(f"{name}={value}" for name, value in parameters.items())
    return pairs or "no parameter"
