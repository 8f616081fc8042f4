"""The main job on one machine: `python -m demo` shows it, tests/e2e asserts its every state."""
