"""Build filter patterns that match every record of calls. The text is copied into the scripts."""

LONGEST = 1024  # characters of a filter pattern


def pattern(calls: list[str]) -> str:
    """Return a pattern for the calls, each `SERVICE.amazonaws.com:EventName`, also failed ones."""
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


def patterns(calls: list[str], cis: list[str], cis_pattern: str) -> list[str]:
    """Return the benchmark's pattern for the list cis alone, else as few patterns as possible."""
    if cis_pattern and calls == cis:
        return [cis_pattern]
    parts: list[list[str]] = [[]]
    for call in calls:
        if parts[-1] and len(pattern([*parts[-1], call])) > LONGEST:
            parts.append([])
        parts[-1].append(call)
    return [pattern(part) for part in parts if part]
