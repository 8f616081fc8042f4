"""The user guide's two tables on missing data, cell by cell, and the text around them."""

from __future__ import annotations

import pytest

from localaws.cloudwatch.evaluation import evaluate

TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
RETAIN = None
NO_DATA = "INSUFFICIENT_DATA"

# User guide, "Configuring how CloudWatch alarms treat missing data": evaluation range 5, oldest
# data point first; 0 is not breaching, X is breaching, - is missing.
THREE_OF_THREE = [
    ("0 - X - X", ("OK", "OK", "OK", "OK")),
    ("0 - - - -", ("OK", "OK", "OK", "OK")),
    ("- - - - -", (NO_DATA, RETAIN, "ALARM", "OK")),
    ("0 X X - X", ("ALARM", "ALARM", "ALARM", "ALARM")),
    ("- - X - -", ("ALARM", RETAIN, "ALARM", "OK")),
]
TWO_OF_THREE = [
    ("0 - X - X", ("ALARM", "ALARM", "ALARM", "ALARM")),
    ("0 0 X 0 X", ("ALARM", "ALARM", "ALARM", "ALARM")),
    ("0 - X - -", ("OK", "OK", "ALARM", "OK")),
    ("- - - - 0", ("OK", "OK", "ALARM", "OK")),
    ("- - - X -", ("ALARM", RETAIN, "ALARM", "OK")),
]
# The same page's text on premature transitions: with 3 of 3 these do not ring yet.
PREMATURE = [
    ("- - - - X", (NO_DATA, RETAIN, "ALARM", "OK")),
    ("- - - X -", (NO_DATA, RETAIN, "ALARM", "OK")),
    ("- - - X 0", ("OK", "OK", "OK", "OK")),
    ("- - X - 0", ("OK", "OK", "OK", "OK")),
]

CELLS = [
    (points, m, treatment, state)
    for m, table in ((3, THREE_OF_THREE), (2, TWO_OF_THREE), (3, PREMATURE))
    for points, states in table
    for treatment, state in zip(TREATMENTS, states, strict=True)
]


@pytest.mark.parametrize(("points", "m", "treatment", "state"), CELLS)
def test_missing_data(points: str, m: int, treatment: str, state: str | None) -> None:
    """Each cell of the tables gives the state that AWS prints."""
    meaning = {"0": False, "X": True, "-": None}
    retrieved = [meaning[symbol] for symbol in points.split()]
    assert evaluate(retrieved, 3, m, treatment) == state


def test_all_forty_cells_are_there() -> None:
    """Two tables of five rows and four columns."""
    assert len(CELLS) == 40 + 16
