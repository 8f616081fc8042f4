"""Build a conformance pack from the rule folders: `make pack` runs `python -m deployment.pack`.

A pack may contain only rules and remediation configurations. What they need (functions,
permissions, roles, SSM documents) is in a stack that is deployed first. AWS is not called.
"""
