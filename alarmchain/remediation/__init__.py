"""The SSM Automation document of a rule, built from its control. Not in the Lambda."""
