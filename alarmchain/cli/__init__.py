"""The command line: one file for each command. The rules' Lambda function does not contain it."""
