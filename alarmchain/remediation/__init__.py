"""The SSM Automation document of each rule, built from its control. Not in the Lambda.

`steps` holds the steps' Python as it runs in SSM Automation, one file for each; `document` puts
them together; `python -m alarmchain.remediation RULES` writes what is committed in rule folders.
"""
