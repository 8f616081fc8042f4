"""CloudFormation: more resource types, AWS's checks, and stacks that roll back.

Patched: moto's table of resource types (``models``), ``ResourceMap`` (``resource_map``: checks
before anything is created, updates by the difference of the resolved properties, deletion in
reverse order), ``Stack`` and its backend (``stacks``: rollback, failed deletion) and the response
class (``limits``: the size of a template body).
"""

from __future__ import annotations

from localaws.cloudformation import limits, models, resource_map, stacks


def install() -> None:
    """Patch moto's CloudFormation."""
    models.install()
    resource_map.install()
    stacks.install()
    limits.install()
