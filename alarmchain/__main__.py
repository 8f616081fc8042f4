"""`python -m alarmchain`."""

from alarmchain.audit.cli import main

main()
