"""Shared by its text."""

SUFFIX = "-alarmchain"
