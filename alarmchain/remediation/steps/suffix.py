"""The suffix of names that are taken. Its text is copied into the scripts."""

SUFFIX = "-alarmchain"
