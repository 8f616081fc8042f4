"""Scripts that run in separate, isolated processes. They are executed by path, never imported.

They use only the standard library and ``runtime_modules`` in this folder.
"""
