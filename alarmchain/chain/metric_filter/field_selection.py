"""Does a metric filter's field selection let the events of the log group in?

    criteria  := or;  or := and ('OR' and)*;  and := primary ('AND' primary)*
    primary   := '(' or ')' | field ('=' | '!=') value
               | field 'NOT'? 'IN' '[' value (',' value)* ']'

Source: CloudWatch Logs API reference, PutMetricFilter (fieldSelectionCriteria): the fields are
@aws.account and @aws.region. A text that does not follow this grammar is unknown.
"""

import re
from collections.abc import Mapping

from alarmchain.chain.api_item import clip
from alarmchain.chain.judgement import Judgement, broken, ok, unknown

_TOKEN = re.compile(r"""\s*(!=|=|[()\[\],]|"[^"]*"|'[^']*'|@?[A-Za-z0-9_.-]+)""")
_MAX_DEPTH = 50


class _UnreadableError(Exception):
    """The text does not follow the grammar."""


def judge_criteria(text: str, name: str, account: str, region: str) -> Judgement:
    """Return whether events of a log group in `account` and `region` pass the criteria.

    `name`: what a message calls the metric filter.
    """
    try:
        passes = _CriteriaParser(text, {"@aws.account": account, "@aws.region": region}).value()
    except _UnreadableError:
        return unknown(f"the field selection of {name} cannot be read", observed=text)
    if passes:
        return ok()
    return broken(
        f"{name} selects only other accounts or regions: {clip(text)}",
        observed=text,
        wanted=f"account {account}, region {region}",
        remedy=f"remove the field selection of {name}",
    )


class _CriteriaParser:
    """Parses and evaluates criteria for one value of each field."""

    def __init__(self, text: str, fields: Mapping[str, str]) -> None:
        self._fields = fields
        self._tokens: list[str] = []
        self._depth = 0
        position = 0
        text = text.rstrip()
        while position < len(text):
            token = _TOKEN.match(text, position)
            if not token:
                raise _UnreadableError
            self._tokens.append(token[1])
            position = token.end()
        self._tokens.reverse()

    def value(self) -> bool:
        result = self._or()
        if self._tokens:
            raise _UnreadableError
        return result

    def _next(self) -> str:
        if not self._tokens:
            raise _UnreadableError
        return self._tokens.pop()

    def _take(self, word: str) -> bool:
        if self._tokens and self._tokens[-1].upper() == word:
            self._tokens.pop()
            return True
        return False

    def _or(self) -> bool:
        values = [self._and()]
        while self._take("OR"):
            values.append(self._and())
        return any(values)

    def _and(self) -> bool:
        values = [self._primary()]
        while self._take("AND"):
            values.append(self._primary())
        return all(values)

    def _primary(self) -> bool:
        if self._take("("):
            self._depth += 1
            if self._depth > _MAX_DEPTH:
                raise _UnreadableError
            result = self._or()
            self._depth -= 1
            if not self._take(")"):
                raise _UnreadableError
            return result
        field = self._next()
        if field not in self._fields:
            raise _UnreadableError
        actual = self._fields[field]
        if self._take("="):
            return actual == self._value()
        if self._take("!="):
            return actual != self._value()
        negated = self._take("NOT")
        if not self._take("IN") or not self._take("["):
            raise _UnreadableError
        values = [self._value()]
        while self._take(","):
            values.append(self._value())
        if not self._take("]"):
            raise _UnreadableError
        return (actual in values) != negated

    def _value(self) -> str:
        token = self._next()
        if token[0] in "\"'":
            return token[1:-1]
        if not token[0].isalnum():
            raise _UnreadableError
        return token
