"""Share botocore's models among the sessions of a process.

Each botocore session reads its JSON models anew: some 50 ms for each client. Rules and tests make
hundreds of sessions, so what one session has read serves all the others of the process.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from botocore.loaders import Loader


def share_models() -> None:
    """Let all botocore sessions of this process share what they read."""
    _share("list_available_services")
    _share("load_service_model")
    # Only data without a service: load_service_model changes a service's data after loading it.
    _share("load_data", lambda name: "/" not in name)
    _share("load_data_with_path", lambda name: "/" not in name)


def _share(name: str, is_shared: Callable[..., bool] = lambda *_, **__: True) -> None:
    """Keep the answers of a method of the loader, separately for each data path."""
    method = getattr(Loader, name)
    answers: dict[Any, Any] = {}

    @wraps(method)
    def shared(loader: Loader, *arguments: Any, **named: Any) -> Any:
        if not is_shared(*arguments, **named):
            return method(loader, *arguments, **named)
        key = (tuple(loader.search_paths), arguments, tuple(sorted(named.items())))
        if key not in answers:
            answers[key] = method(loader, *arguments, **named)
        return answers[key]

    setattr(Loader, name, shared)
