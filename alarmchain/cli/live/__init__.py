"""Audits of accounts as they are now: credentials, targets, many accounts at once."""
