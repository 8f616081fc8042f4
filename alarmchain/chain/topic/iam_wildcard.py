"""Wildcards of IAM policies: `*` for any text, `?` for any one character.

Source: IAM user guide, "IAM JSON policy elements: Resource" (wildcards).
"""


def matches(pattern: str, text: str) -> bool:
    """Return whether the pattern matches the whole text.

    The time is at most the product of their lengths.
    """
    position = in_pattern = after_star = 0
    star = -1
    while position < len(text):
        if in_pattern < len(pattern) and pattern[in_pattern] == "*":
            star, after_star, in_pattern = in_pattern, position, in_pattern + 1
        elif in_pattern < len(pattern) and pattern[in_pattern] in ("?", text[position]):
            position, in_pattern = position + 1, in_pattern + 1
        elif star >= 0:
            after_star += 1
            position, in_pattern = after_star, star + 1
        else:
            return False
    return all(character == "*" for character in pattern[in_pattern:])
