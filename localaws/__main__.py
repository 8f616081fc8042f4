"""``python -m localaws [--port N]``: run a local AWS until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence

from localaws.accounts import DEFAULT_ACCOUNT
from localaws.server import LocalAws


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the server. Return 0 after Ctrl-C, 2 if it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m localaws", description=__doc__)
    parser.add_argument("--port", type=int, default=5005, help="port on 127.0.0.1 (default 5005)")
    parser.add_argument("--region", default="us-east-1", help="region to print (us-east-1)")
    parser.add_argument("--account", default=DEFAULT_ACCOUNT, help="account number to print")
    options = parser.parse_args(arguments)
    if not 0 <= options.port <= 65535:
        parser.error(f"--port is {options.port}; expected 0 to 65535")
    aws = LocalAws()
    stop = {signal.SIGINT, signal.SIGTERM}
    # Block the signals before any thread starts, so that only sigwait below receives them.
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)
    try:
        aws.start(options.port)
        for name, value in aws.environment(options.region, options.account).items():
            sys.stdout.write(f"export {name}={value}\n")
    except (OSError, ValueError) as error:
        sys.stderr.write(f"error: {error}\n")
        aws.stop()
        return 2
    sys.stderr.write("The local AWS is running; stop it with Ctrl-C.\n")
    sys.stdout.flush()
    signal.sigwait(stop)
    aws.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
