"""The command line: one file for each command, none of it in the rules' Lambda."""
