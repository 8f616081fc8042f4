"""From rule folders to a conformance pack: `make pack` is `python -m deployment.pack`.

A pack may hold rules and remediation configurations alone, so what they need (functions,
permissions, roles, SSM documents) is a stack that stands before it. Everything is written from the
rule folders; AWS is not called.
"""
