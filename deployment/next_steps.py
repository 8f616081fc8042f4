"""Say what to do after a deployment."""

from collections.abc import Iterator, Sequence

MOST_RULES = 25
"""Of a call of StartConfigRulesEvaluation (AWS Config API reference)."""


def next_steps(regions: Sequence[str], rules: Sequence[str]) -> Iterator[str]:
    """Yield the lines that say how to start an evaluation, and how to see the verdicts."""
    yield "next: AWS Config evaluates the rules within some minutes. To start it now:"
    for region in regions:
        for first in range(0, len(rules), MOST_RULES):
            yield (
                f"  aws configservice start-config-rules-evaluation --region {region}"
                f" --config-rule-names {' '.join(rules[first : first + MOST_RULES])}"
            )
    others = " (each rule and region has its own)" if len(rules) * len(regions) > 1 else ""
    yield f"to see a rule's verdict{others}:"
    yield (
        "  aws configservice get-compliance-details-by-config-rule"
        f" --region {regions[0]} --config-rule-name {rules[0]}"
        " --query 'EvaluationResults[].[ComplianceType,Annotation]' --output text"
    )
