"""The whole story on one machine. `python -m demo` shows it, tests/e2e checks its every step."""
