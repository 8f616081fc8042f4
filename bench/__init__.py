"""`make bench`: how fast, how small, how few calls. Its own command, never a test."""
