"""What the chain adds to truth in three values."""

from alarmchain.filter_pattern.undocumented import NO, YES, Truth, either, every

__all__ = ["NO", "YES", "Truth", "doubt", "either", "every", "opposite", "truth"]


def doubt(what: str) -> Truth:
    """Unknown, hanging on `what`."""
    return Truth(1, frozenset((what,)))


def opposite(one: Truth) -> Truth:
    """Not: what is unknown stays so, with its doubts."""
    return Truth(2 - one.level, one.doubts)


def truth(value: bool) -> Truth:
    """A plain yes or no."""
    return YES if value else NO
