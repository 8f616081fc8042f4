"""AWS Config: rules that are evaluated, verdicts that are kept, remediation, conformance packs.

Added to moto's ``ConfigResponse``: the operations of ``evaluation``, ``compliance``,
``remediation``, ``packs`` and ``pack_compliance``. Replaced (``rules``): PutEvaluations,
PutConfigRule and DeleteConfigRule, which gain AWS's checks.
"""

from __future__ import annotations

from localaws.config import compliance, evaluation, pack_compliance, packs, remediation, rules


def install() -> None:
    """Patch moto's Config."""
    from moto.config.responses import ConfigResponse

    from localaws import bridge

    rules.install()
    for module in (evaluation, compliance, remediation, packs, pack_compliance):
        bridge.add_operations(ConfigResponse, module.OPERATIONS)
