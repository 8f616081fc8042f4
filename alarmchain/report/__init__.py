"""Renders the results of the commands. Nothing here decides."""
