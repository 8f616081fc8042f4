"""`python -m alarmchain`."""

from alarmchain.cli.main import main

main()
