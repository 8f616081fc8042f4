"""Write the folder of a new rule, from a list of calls or from a filter pattern."""
