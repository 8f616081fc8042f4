"""Scripts that are executed in processes of their own, by path and in isolation; never imported.

They use the standard library alone, and ``runtime_modules`` beside them.
"""
