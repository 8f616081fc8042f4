"""Build each rule's SSM Automation document from its control. Not in the Lambda.

`steps` holds the Python of each step as SSM Automation runs it, one file for each; `document` joins
them; `python -m alarmchain.remediation RULES` writes the documents into the rule folders.
"""
