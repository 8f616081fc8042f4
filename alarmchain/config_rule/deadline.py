"""Run a function with a deadline."""

from collections.abc import Callable
from threading import Thread


class DeadlineExceededError(Exception):
    """The work was not done in time."""


def run_within[T](seconds: float | None, work: Callable[[], T]) -> T:
    """Return what `work` returns, or raise what it raises, if it ends within `seconds`.

    `seconds` None means no deadline. Raises DeadlineExceededError. The work then continues in a
    thread that ends with the process, because neither a connection without an answer nor a long
    proof can be interrupted from outside.
    """
    if seconds is None:
        return work()
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again by the waiting thread
            errors.append(error)

    worker = Thread(target=run, daemon=True)
    worker.start()
    worker.join(max(seconds, 0))
    if errors:
        raise errors[0]
    if not results:
        raise DeadlineExceededError
    return results[0]
