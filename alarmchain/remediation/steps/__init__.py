"""What the steps of the document run. Each file is one step's script, whole: Systems Manager knows
no modules, so none imports another. They run on python3.11 with boto3 alone."""
