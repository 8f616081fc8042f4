"""How much work a call is. Its time says little: another program may slow the machine down."""

from collections.abc import Callable
from cProfile import Profile


def calls_within(action: Callable[[], object]) -> int:
    """Return how many calls of Python functions an action makes."""
    profile = Profile()
    profile.runcall(action)
    return sum(entry.callcount for entry in profile.getstats())
