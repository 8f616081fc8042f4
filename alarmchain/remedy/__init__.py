"""Find the AWS CLI commands that close a finding, and print them. Pure; not in the Lambda.

Each candidate is applied to the snapshot, and the rule assesses the result: only commands after
which the rule is COMPLIANT are printed.
"""
