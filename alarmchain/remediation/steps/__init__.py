"""The scripts of the steps, one file each, for SSM Automation's python3.11 with only boto3.

SSM Automation has no modules, so the builder replaces an import from `patterns`, `policy` or
`suffix` by that file's text.
"""
