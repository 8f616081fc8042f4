"""Lambda: deployed code runs in a subprocess, with Lambda's answers and logs."""

from __future__ import annotations

import base64
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localaws.clock import Clock
from localaws.process import _children, run_child
from localaws.server import LocalAws
from localaws.template import template
from tests.localaws.builders import ROLE, archive, trust


@pytest.fixture(autouse=True)
def role(local_aws: LocalAws) -> None:
    """The role that the functions of these tests run as."""
    local_aws.client("iam").create_role(RoleName="worker", AssumeRolePolicyDocument=trust("lambda"))


@pytest.fixture
def deploy(local_aws: LocalAws) -> Any:
    """Return ``deploy(code, **settings)``, which creates a function named ``f``."""

    def deploy(code: str, region: str = "us-east-1", **settings: Any) -> Any:
        client = local_aws.client("lambda", region)
        settings = {"Handler": "main.handler", "Timeout": 20, "Role": ROLE} | settings
        client.create_function(
            FunctionName="f", Runtime="python3.13", Code={"ZipFile": archive(main=code)}, **settings
        )
        return client

    return deploy


def call(client: Any, event: Any = None, **options: Any) -> Any:
    """Return the payload and FunctionError of a synchronous invocation."""
    answer = client.invoke(FunctionName="f", Payload=json.dumps(event), **options)
    return json.loads(answer["Payload"].read()), answer.get("FunctionError")


def log_lines(local_aws: LocalAws, region: str = "us-east-1") -> Any:
    """Return every line in the function's log group."""
    logs = local_aws.client("logs", region)
    events = logs.filter_log_events(logGroupName="/aws/lambda/f")["events"]
    return [event["message"] for event in events]


def test_returns_what_the_handler_returns(deploy: Any) -> None:
    """The event and the result are JSON."""
    client = deploy("def handler(event, context): return {'got': event}")
    assert call(client, {"a": [1, "é"]}) == ({"got": {"a": [1, "é"]}}, None)


def test_environment_and_context(deploy: Any, local_aws: LocalAws) -> None:
    """The handler sees Lambda's variables, its own, and a context with time left."""
    client = deploy(
        """
        import os
        def handler(event, context):
            left = context.get_remaining_time_in_millis()
            return {
                "env": {name: os.environ.get(name) for name in event},
                "left": 0 < left <= 20000,
                "arn": context.invoked_function_arn,
                "memory": context.memory_limit_in_mb,
                "name": context.function_name,
                "id": len(context.aws_request_id),
            }
        """,
        region="eu-west-1",
        MemorySize=256,
        Environment={"Variables": {"MINE": "yes"}},
    )
    names = ["MINE", "AWS_REGION", "AWS_LAMBDA_FUNCTION_NAME", "AWS_ENDPOINT_URL", "HOME"]
    payload, error = call(client, names)
    assert error is None
    assert payload == {
        "env": {
            "MINE": "yes",
            "AWS_REGION": "eu-west-1",
            "AWS_LAMBDA_FUNCTION_NAME": "f",
            "AWS_ENDPOINT_URL": local_aws.endpoint,
            "HOME": None,
        },
        "left": True,
        "arn": "arn:aws:lambda:eu-west-1:123456789012:function:f",
        "memory": "256",
        "name": "f",
        "id": 36,
    }


def test_calls_aws_as_its_role(deploy: Any, local_aws: LocalAws) -> None:
    """boto3 in the function reaches the local AWS with the role's credentials."""
    client = deploy(
        """
        import boto3
        def handler(event, context):
            return boto3.client("sts").get_caller_identity()["Arn"]
        """
    )
    payload, _ = call(client)
    assert payload == "arn:aws:sts::123456789012:assumed-role/worker/f"
    assert local_aws.calls.actions(principal="role/worker") == ["sts:GetCallerIdentity"]


FAILURES = [
    ("def handler(event, context): raise ValueError('no')", "ValueError", "no"),
    (
        "import nothing_like_this",
        "Runtime.ImportModuleError",
        "Unable to import module 'main': No module named 'nothing_like_this'",
    ),
    (
        "def other(): pass",
        "Runtime.HandlerNotFound",
        "Handler 'handler' missing on module 'main'",
    ),
    ("def handler(event, context): return object()", "Runtime.MarshalError", "Unable to marshal"),
    ("import os\ndef handler(event, context): os._exit(3)", "Runtime.ExitError", "exit status 3"),
]


@pytest.mark.parametrize(("code", "kind", "message"), FAILURES)
def test_failures_look_like_lambdas(deploy: Any, code: str, kind: Any, message: str) -> None:
    """A failing handler answers with FunctionError and Lambda's error object."""
    payload, error = call(deploy(code))
    assert error == "Unhandled"
    assert payload["errorType"] == kind
    assert message in payload["errorMessage"]


def test_time_limit_kills(deploy: Any, local_aws: LocalAws) -> None:
    """A function that outlasts its Timeout is killed, and the error says so."""
    client = deploy(
        "import time\ndef handler(event, context):\n print('before', flush=True)\n time.sleep(60)",
        Timeout=1,
    )
    started = time.monotonic()
    payload, error = call(client)
    assert time.monotonic() - started < 30
    assert error == "Unhandled"
    assert payload["errorType"] == "Sandbox.Timedout"
    assert "Task timed out after 1.00 seconds" in payload["errorMessage"]
    assert "before" in log_lines(local_aws)


def test_log_group(deploy: Any, local_aws: LocalAws) -> None:
    """START, the output, END and REPORT are in /aws/lambda/NAME; the tail comes with the answer."""
    client = deploy("def handler(event, context): print('hello'); return 1")
    answer = client.invoke(FunctionName="f", LogType="Tail")
    lines = log_lines(local_aws)
    assert lines[0].startswith("START RequestId: ")
    assert lines[0].endswith(" Version: $LATEST")
    assert lines[1] == "hello"
    assert lines[2].startswith("END RequestId: ")
    assert "Memory Size: 128 MB" in lines[3]
    assert base64.b64decode(answer["LogResult"]).decode().splitlines() == lines


def test_logging_is_written(deploy: Any, local_aws: LocalAws) -> None:
    """Warnings of the standard logging module land in the log in Lambda's form."""
    client = deploy(
        "import logging\ndef handler(e, c): logging.warning('careful'); logging.info('quiet')"
    )
    call(client)
    (line,) = [line for line in log_lines(local_aws) if "\t" in line and "REPORT" not in line]
    assert line.startswith("[WARNING]\t")
    assert line.endswith("\tcareful")


@pytest.mark.parametrize(("attempts", "code"), [(1, "return 1"), (3, "raise ValueError")])
def test_event_invocation_retries(
    deploy: Any, local_aws: LocalAws, attempts: Any, code: str
) -> None:
    """An asynchronous invocation answers at once, and is made three times if it keeps failing."""
    client = deploy(f"def handler(event, context): {code}")
    assert client.invoke(FunctionName="f", InvocationType="Event")["StatusCode"] == 202
    local_aws.settle()
    assert sum(line.startswith("START") for line in log_lines(local_aws)) == attempts


def test_dry_run_runs_nothing(deploy: Any, local_aws: LocalAws) -> None:
    """A dry run answers 204 and leaves no log group."""
    client = deploy("def handler(event, context): raise ValueError")
    assert client.invoke(FunctionName="f", InvocationType="DryRun")["StatusCode"] == 204
    assert local_aws.client("logs").describe_log_groups()["logGroups"] == []


def test_layers_come_after_the_code(deploy: Any, local_aws: LocalAws) -> None:
    """A module of a layer can be imported; the function's own module of that name wins."""
    client = local_aws.client("lambda")
    layer = client.publish_layer_version(
        LayerName="shared",
        Content={"ZipFile": archive(python__extra="VALUE = 'layer'", python__main="broken(")},
    )
    deploy(
        "import extra\ndef handler(event, context): return extra.VALUE",
        Layers=[layer["LayerVersionArn"]],
    )
    assert call(client) == ("layer", None)


def test_new_code_is_run(deploy: Any) -> None:
    """UpdateFunctionCode takes effect with the next invocation."""
    client = deploy("def handler(event, context): return 1")
    assert call(client) == (1, None)
    client.update_function_code(
        FunctionName="f", ZipFile=archive(main="def handler(event, context): return 2")
    )
    assert call(client) == (2, None)


def test_other_runtimes_are_refused(local_aws: LocalAws) -> None:
    """Only Python functions can run; the error says so."""
    client = local_aws.client("lambda")
    client.create_function(
        FunctionName="f",
        Runtime="nodejs22.x",
        Handler="index.handler",
        Role=ROLE,
        Code={"ZipFile": archive(index="")},
    )
    with pytest.raises(
        client.exceptions.ClientError, match="the local AWS does not implement Zip function"
    ):
        client.invoke(FunctionName="f")


def test_only_modules_of_the_runtime_can_be_imported(deploy: Any) -> None:
    """A dependency that is not in the zip cannot be imported, even if it is installed here."""
    payload, _ = call(deploy("import rdklib\ndef handler(event, context): return 1"))
    assert payload["errorMessage"] == "Unable to import module 'main': No module named 'rdklib'"


def test_its_own_sdk_goes_first(deploy: Any) -> None:
    """A function that brings a module of the SDK gets that one, though Lambda has it too."""
    modules = {"main": "import boto3\ndef handler(event, context): return boto3.OWN"}
    client = deploy(modules["main"])
    assert call(client)[1] == "Unhandled"
    client.update_function_code(FunctionName="f", ZipFile=archive(**modules, boto3="OWN = 1"))
    assert call(client) == (1, None)


def test_each_invocation_begins_afresh(deploy: Any) -> None:
    """An invocation leaves nothing for the next one: no modules, environment or files."""
    client = deploy(
        """
        import json, os
        def handler(event, context):
            found = hasattr(json, "left"), os.environ.get("LEFT"), os.getcwd()
            json.left = os.environ["LEFT"] = "x"
            os.chdir("/")
            return found
        """
    )
    first, second = call(client), call(client)
    assert first == second
    assert first[0][:2] == [False, None]


def test_exit_and_signal_are_reported(deploy: Any) -> None:
    """An exit status and a signal are reported; a template that was killed starts again."""
    client = deploy("import os\ndef handler(event, context): exec(event)")
    for code in ("os._exit(3)", "os.kill(os.getpid(), 9)"):
        payload, error = call(client, code)
        assert (payload["errorType"], error) == ("Runtime.ExitError", "Unhandled")
    process = template._process
    assert process
    process.kill()
    assert call(client, "pass") == (None, None)


def test_template_dies_while_a_child_runs(tmp_path: Path) -> None:
    """A running child does not delay the next one, and ends normally."""
    go = tmp_path / "go"
    waiting = tmp_path / "waiting.py"
    waiting.write_text(f"import os, time\nwhile not os.path.exists({str(go)!r}): time.sleep(0.01)")
    quick = tmp_path / "quick.py"
    quick.write_text("")
    with ThreadPoolExecutor() as pool:
        ended = pool.submit(run_child, waiting, {}, {}, tmp_path, 30)
        while not _children:
            time.sleep(0.01)
        process = template._process
        assert process
        process.kill()
        process.wait()
        assert run_child(quick, {}, {}, tmp_path, 30).exit_code == 0
        assert not ended.done()
        go.touch()
        assert ended.result().exit_code == 0


def test_template_is_not_the_terminals(deploy: Any) -> None:
    """Ctrl-C reaches only the server, which ends its children."""
    call(deploy("def handler(event, context): pass"))
    process = template._process
    assert process
    assert os.getpgid(process.pid) == process.pid


def test_function_runs_on_the_runtimes_boto3(
    deploy: Any, local_aws: LocalAws, tmp_path: Path
) -> None:
    """A function can get another boto3 than the installed one; its own module still wins."""
    (tmp_path / "boto3.py").write_text("__version__ = '1.34.0'")
    local_aws.behaviour.runtime_packages = str(tmp_path)
    client = deploy("import boto3\ndef handler(event, context): return boto3.__version__")
    assert call(client, None) == ("1.34.0", None)


def test_new_role_cannot_be_used_at_once(deploy: Any, local_aws: LocalAws) -> None:
    """Lambda can assume a role only some time after its creation."""
    local_aws.behaviour.role_delay = 10
    code = "def handler(event, context): return 1"
    with pytest.raises(ClientError, match="cannot be assumed by Lambda"):
        deploy(code)
    Clock.advance(10)
    assert call(deploy(code), None) == (1, None)
