"""The command line: one file for each command. The rules' Lambda function does not contain it."""

import sys

if sys.version_info < (3, 12):  # noqa: UP036 - pip can be told to ignore requires-python
    _this = ".".join(map(str, sys.version_info[:3]))
    sys.exit(f"alarmchain needs Python 3.12 or newer; this is {_this} ({sys.executable})")
