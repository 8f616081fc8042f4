"""The scripts of the steps, one file each, for SSM Automation's python3.11 with only boto3.

SSM Automation has no modules, so the builder replaces an import from another file of this folder
by that file's text.
"""
