"""Filter patterns that match every record of calls, failed ones too. Shared by its text."""

LONGEST = 1024  # characters of a filter pattern


def pattern(calls: list[str]) -> str:
    """Matches every record of the calls, each `SERVICE.amazonaws.com:EventName`."""
    by_source: dict[str, list[str]] = {}
    for call in calls:
        source, _, name = call.partition(":")
        by_source.setdefault(source, []).append(f'($.eventName = "{name}")')
    clauses = [
        f'($.eventSource = "{source}") && ({" || ".join(names)})'
        for source, names in by_source.items()
    ]
    several = " || ".join(f"({clause})" for clause in clauses)
    return "{ " + (clauses[0] if len(clauses) == 1 else several) + " }"


def patterns(calls: list[str]) -> list[str]:
    """As few patterns as the calls need, each within the limit."""
    parts: list[list[str]] = [[]]
    for call in calls:
        if parts[-1] and len(pattern([*parts[-1], call])) > LONGEST:
            parts.append([])
        parts[-1].append(call)
    return [pattern(part) for part in parts]
