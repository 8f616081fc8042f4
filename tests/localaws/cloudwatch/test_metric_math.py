"""Metric math."""

from __future__ import annotations

import pytest

from localaws.cloudwatch.metric_math import Series, UnsupportedError, compile_expression

VALUES: dict[str, Series] = {"m1": [1.0, None, 3.0], "m2": [10.0, 20.0, None], "z": [0.0, 0.0, 0.0]}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("m1", [1.0, None, 3.0]),
        ("m1 + 1", [2.0, None, 4.0]),
        ("2 * m1 - 1", [1.0, None, 5.0]),
        ("m1 - 1 - 1", [-1.0, None, 1.0]),
        ("8 / m1 / 2", [4.0, None, 8 / 3 / 2]),
        ("2 * (m1 + 1)", [4.0, None, 8.0]),
        ("-m1", [-1.0, None, -3.0]),
        ("m1 + m2", [11.0, None, None]),
        ("m1 / z", [None, None, None]),
        ("FILL(m1, 0)", [1.0, 0.0, 3.0]),
        ("FILL(m1, REPEAT)", [1.0, 1.0, 3.0]),
        ("FILL(m1, 0) + FILL(m2, 5)", [11.0, 20.0, 8.0]),
        ("SUM([m1, m2])", [11.0, 20.0, 3.0]),
        ("MAX([m1, m2])", [10.0, 20.0, 3.0]),
        ("AVG([m1, m2])", [5.5, 20.0, 3.0]),
        ("SUM(METRICS())", [11.0, 20.0, 3.0]),
        ("1.5e1 * z", [0.0, 0.0, 0.0]),
        ("(" * 300 + "m1" + ")" * 300, [1.0, None, 3.0]),
        ("-" * 900 + "m1", [1.0, None, 3.0]),
    ],
)
def test_expression(expression: str, expected: Series) -> None:
    """An expression over series gives a series, with the same gaps."""
    assert compile_expression(expression).series(VALUES) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "RATE(m1)",
        "IF(m1 > 1, 1, 0)",
        "SEARCH('x', 'Sum')",
        "SELECT SUM(m) FROM n",
        "m1 +",
        "SUM(m1)",
    ],
)
def test_unsupported(expression: str) -> None:
    """Any other expression is refused as not supported."""
    with pytest.raises(UnsupportedError, match="not computed here"):
        compile_expression(expression)


def test_a_constant_is_no_time_series() -> None:
    """An alarm can't watch a number."""
    with pytest.raises(UnsupportedError, match="constant"):
        compile_expression("1 + 1").series(VALUES)
