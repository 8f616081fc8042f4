"""AWS Config: evaluation of rules, stored verdicts, remediation, conformance packs.

Added to moto's ``ConfigResponse``: the operations of ``evaluation``, ``compliance``,
``remediation``, ``packs``, ``pack_compliance``, ``organization`` and ``organization_packs``.
Replaced (``rules``): PutEvaluations, PutConfigRule and DeleteConfigRule, to add AWS's checks.
"""

from __future__ import annotations

from localaws.config import (
    compliance,
    evaluation,
    organization,
    organization_packs,
    pack_compliance,
    packs,
    remediation,
    rules,
)


def install() -> None:
    """Patch moto's Config."""
    from moto.config.responses import ConfigResponse

    from localaws import bridge

    rules.install()
    added = (
        evaluation,
        compliance,
        remediation,
        packs,
        pack_compliance,
        organization,
        organization_packs,
    )
    for module in added:
        bridge.add_operations(ConfigResponse, module.OPERATIONS)
