"""The AWS CLI, as far as the guides use it: it is not installed here, so boto3 stands for it.

Names and values are held against the service's own model: an operation or an option that AWS does
not have ends in an error.
"""

import shlex
from collections.abc import Callable
from typing import Any

import jmespath
from botocore import xform_name

Clients = Callable[[str, str], Any]
"""(service, region) -> a boto3 client."""

SERVICES = {"configservice": "config"}
"""What the AWS CLI calls otherwise than boto3."""


def aws(command: str, clients: Clients) -> str:
    """Runs `aws SERVICE OPERATION --option value ...`; what it prints with `--output text`.

    Raises ValueError for an operation or option that there is not, and what boto3 raises.
    """
    _, service, operation, *words = shlex.split(command)
    given = {
        name.removeprefix("--"): word for name, word in zip(words[::2], words[1::2], strict=True)
    }
    query, output = given.pop("query", None), given.pop("output", "text")
    client = clients(SERVICES.get(service, service), given.pop("region"))
    model = client.meta.service_model
    names = {_cli(name): name for name in model.operation_names}
    if operation not in names or output != "text":
        raise ValueError(f"aws {service} has no '{operation}' with --output {output}")
    shape = model.operation_model(names[operation]).input_shape
    members = {_cli(name): (name, member) for name, member in shape.members.items()}
    if unknown := given.keys() - members.keys():
        raise ValueError(f"aws {service} {operation} has no option {sorted(unknown)}")
    request = {members[name][0]: _value(members[name][1], word) for name, word in given.items()}
    answer = getattr(client, xform_name(names[operation]))(**request)
    rows = jmespath.search(query, answer) if query else []
    return "".join("\t".join(map(str, row)) + "\n" for row in rows)


def _cli(name: str) -> str:
    return xform_name(name, "-")


def _value(shape: Any, word: str) -> Any:
    """A word of the command line by its shape: a text, or a list of texts or structures."""
    if shape.type_name != "list":
        return word
    if shape.member.type_name == "structure":
        return [dict(pair.split("=", 1) for pair in word.split(","))]
    return [word]
