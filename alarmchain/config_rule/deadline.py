"""Work that may not take longer than there is time."""

from collections.abc import Callable
from threading import Thread


class DeadlineExceededError(Exception):
    """The time is over, and the work is not done."""


def run_within[T](seconds: float | None, work: Callable[[], T]) -> T:
    """What `work` returns or raises, if it ends within `seconds` (None: whenever it ends).

    Raises OutOfTimeError. The work is then left to itself, in a thread that ends with the process:
    neither a hanging connection nor a long proof can be interrupted from without.
    """
    if seconds is None:
        return work()
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again by the one who waits
            errors.append(error)

    worker = Thread(target=run, daemon=True)
    worker.start()
    worker.join(max(seconds, 0))
    if errors:
        raise errors[0]
    if not results:
        raise DeadlineExceededError
    return results[0]
