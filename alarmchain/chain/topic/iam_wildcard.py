"""Wildcards of IAM policies: `*` any text, `?` any one character."""


def matches(pattern: str, text: str) -> bool:
    """Whether the pattern describes all of the text; in time of at most their lengths' product."""
    at = start = mark = 0
    star = -1
    while at < len(text):
        if start < len(pattern) and pattern[start] == "*":
            star, mark, start = start, at, start + 1
        elif start < len(pattern) and pattern[start] in ("?", text[at]):
            at, start = at + 1, start + 1
        elif star >= 0:
            mark += 1
            at, start = mark, star + 1
        else:
            return False
    return all(sign == "*" for sign in pattern[start:])
