"""Strings that stand for all strings that a set of patterns can tell apart.

Two strings are in one class if the same chains accept them and neither is one of the literals. The
classes are the reachable states of the chains' product automaton.
"""

from collections import deque
from collections.abc import Iterable
from functools import lru_cache

from alarmchain.filter_pattern.automaton import Automata, Chars, Item

MOST_STEPS = 50_000
"""How many steps of the product automaton are taken at most."""
MOST_ITEMS = 20_000
"""How many items the chains may have in all."""
_READABLE = "xyzkqjvwXYZ0123456789_-"
"""Characters for what no pattern names, the most readable first."""

Chain = tuple[Item, ...]


class TooComplex(Exception):
    """The question has more cases than the budget allows."""


@lru_cache(maxsize=512)
def string_classes(
    chains: tuple[Chain, ...], literals: frozenset[str], required: tuple[Chain, ...] = ()
) -> tuple[str, ...]:
    """Return a string of each class that the chains tell apart, the literals left out.

    Only strings that one of the `required` chains accepts are returned, if there are any. Raises
    TooComplex.
    """
    if sum(len(chain) for chain in chains) > MOST_ITEMS:
        raise TooComplex
    automata = Automata((*required, *chains))
    finals = sum(automata.finals)
    must = sum(automata.finals[: len(required)])
    alphabet, fresh = _alphabet(automata.sets, literals)
    found: dict[int, str] = {}
    doubtful: set[int] = set()
    for states, text in _reachable(automata, alphabet, fresh):
        accepted = states & finals
        if required and not accepted & must:
            continue
        if fresh not in text and text in literals:
            doubtful.add(accepted)
        else:
            found.setdefault(accepted, text)
    for accepted in doubtful - found.keys():
        other = _other_string(automata, finals, accepted, literals)
        if other is not None:
            found[accepted] = other
    return tuple(found.values())


def _alphabet(sets: Iterable[Chars], literals: frozenset[str]) -> tuple[str, str]:
    """Return one character of each class that the sets tell apart, the last one named by none.

    That one is in no literal either, so that a string with it is not a literal.
    """
    distinct = tuple(sets)
    named = sorted({char for chars in distinct for char in chars.members})
    kinds: dict[tuple[bool, ...], str] = {}
    for char in named:
        kinds.setdefault(tuple(char in chars for chars in distinct), char)
    used = set(named).union(*literals)
    spare = (chr(code) for code in range(0xE000, 0xF8FF))
    fresh = next(char for char in (*_READABLE, *spare) if char not in used)
    return "".join(kinds.values()) + fresh, fresh


def _reachable(automata: Automata, alphabet: str, fresh: str) -> Iterable[tuple[int, str]]:
    """Yield every reachable set of states with a shortest string, with and without `fresh`.

    A string with the fresh character is not a literal, so both kinds of strings are needed.
    """
    start = (automata.start, False)
    seen = {start}
    waiting = deque([(start, "")])
    steps = 0
    while waiting:
        (states, is_fresh), text = waiting.popleft()
        yield states, text
        # One character of those that take the same states is enough; `fresh` is the last and stays.
        for taken, char in {states & automata.takes(char): char for char in alphabet}.items():
            steps += 1
            if steps > MOST_STEPS:
                raise TooComplex
            after = (automata.after(taken), is_fresh or char == fresh)
            if after not in seen:
                seen.add(after)
                waiting.append((after, text + char))


def _other_string(
    automata: Automata, finals: int, accepted: int, literals: frozenset[str]
) -> str | None:
    """Return a string that exactly these chains accept and that is no literal; None if all are.

    A prefix of a literal is followed apart from all other texts: once a text is no prefix, what
    follows cannot make it a literal.
    """
    prefixes = {text[:end] for text in literals for end in range(len(text) + 1)}
    used = set().union(*literals)
    named = {char for chars in automata.sets for char in chars.members}
    unused = {automata.takes(char): char for char in sorted(named - used)}
    alphabet = (*sorted(used), *unused.values())
    seen: set[tuple[int, str | None]] = {(automata.start, "")}
    waiting = deque([(automata.start, "")])
    steps = 0
    while waiting:
        states, text = waiting.popleft()
        if states & finals == accepted and text not in literals:
            return text
        for char in alphabet:
            steps += 1
            if steps > MOST_STEPS:
                raise TooComplex
            longer = text + char
            after = (automata.step(states, char), longer if longer in prefixes else None)
            if after[0] and after not in seen:
                seen.add(after)
                waiting.append((after[0], longer))
    return None
