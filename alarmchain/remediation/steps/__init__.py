"""What the steps run, one file for each: on SSM Automation's python3.11, with boto3 alone.

SSM Automation knows no modules. `patterns`, `policy` and `suffix` are shared by their text: the
builder puts it in place of the line that imports from them.
"""
