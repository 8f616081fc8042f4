"""The server: its gateway, errors, call log and faults."""

from __future__ import annotations

import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localaws.server import LocalAws

ROOT = Path(__file__).parents[2]


def error_of(call: Any, **arguments: Any) -> Any:
    """Return code, message and status of a call's error."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    response = caught.value.response
    error = response["Error"]
    return error["Code"], error["Message"], response["ResponseMetadata"]["HTTPStatusCode"]


def test_binds_the_loopback_only(local_aws: LocalAws) -> None:
    """The server listens on 127.0.0.1 and is called localhost."""
    assert local_aws.endpoint.startswith("http://localhost:")
    assert local_aws._server
    assert local_aws._server.socket.getsockname()[0] == "127.0.0.1"


@pytest.mark.parametrize("account", ["123456789012", "999988887777"])
def test_account_comes_from_the_access_key(local_aws: LocalAws, account: str) -> None:
    """Every account exists without any set-up."""
    identity = local_aws.client("sts", "eu-west-1", account).get_caller_identity()
    assert identity["Account"] == account


def test_session_leads_here(local_aws: LocalAws) -> None:
    """A session's clients call the local AWS in the session's region and account."""
    sts = local_aws.session("eu-west-1", "999988887777").client("sts")
    assert sts.get_caller_identity()["Account"] == "999988887777"
    assert sts.meta.region_name == "eu-west-1"


def test_accounts_and_regions_are_separate(local_aws: LocalAws) -> None:
    """A topic is visible only in its own account and region."""
    local_aws.client("sns", "us-east-1").create_topic(Name="here")
    environment = {
        (region, account): len(local_aws.client("sns", region, account).list_topics()["Topics"])
        for region in ("us-east-1", "eu-west-1")
        for account in ("123456789012", "999988887777")
    }
    assert {place for place, topics in environment.items() if topics} == {
        ("us-east-1", "123456789012")
    }


def test_assumed_role_uses_its_account(local_aws: LocalAws) -> None:
    """Credentials of a role work in the role's account, and the record names the role."""
    role = local_aws.client("sts").assume_role(
        RoleArn="arn:aws:iam::999988887777:role/Auditor", RoleSessionName="audit"
    )["Credentials"]
    import boto3

    client = boto3.client(
        "sts",
        endpoint_url=local_aws.endpoint,
        region_name="us-east-1",
        aws_access_key_id=role["AccessKeyId"],
        aws_secret_access_key=role["SecretAccessKey"],
        aws_session_token=role["SessionToken"],
    )
    assert client.get_caller_identity()["Arn"].startswith(
        "arn:aws:sts::999988887777:assumed-role/Auditor/"
    )
    last = list(local_aws.calls)[-1]
    assert (last.account, last.principal) == ("999988887777", "role/Auditor")


def test_managed_policies_are_there(local_aws: LocalAws) -> None:
    """`rdk init` attaches AWS's own policies."""
    policy = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    assert local_aws.client("iam").get_policy(PolicyArn=policy)["Policy"]["Arn"] == policy


NOT_IMPLEMENTED: list[tuple[str, str, dict[str, Any]]] = [
    ("ssm", "get_inventory_schema", {}),
    ("config", "list_stored_queries", {}),
    ("lambda", "list_code_signing_configs", {}),
    ("braket", "search_jobs", {"filters": []}),
    ("iam", "list_organizations_features", {}),
]


@pytest.mark.parametrize(("service", "operation", "arguments"), NOT_IMPLEMENTED)
def test_missing_operation_is_an_aws_error(
    local_aws: LocalAws, service: str, operation: str, arguments: Any
) -> None:
    """An operation that is not implemented is an AWS error of one line."""
    call = getattr(local_aws.client(service), operation)
    code, message, status = error_of(call, **arguments)
    assert (code, status) == ("NotImplemented", 501)
    assert message.startswith(f"the local AWS does not implement {service}:")


@pytest.mark.parametrize(
    ("service", "operation", "recorded"),
    [
        ("sns", "list_topics", "sns:ListTopics"),
        ("logs", "describe_log_groups", "logs:DescribeLogGroups"),
        ("cloudwatch", "describe_alarms", "cloudwatch:DescribeAlarms"),
        ("lambda", "list_functions", "lambda:ListFunctions"),
        ("s3", "list_buckets", "s3:ListBuckets"),
        ("ec2", "describe_regions", "ec2:DescribeRegions"),
        ("iam", "list_roles", "iam:ListRoles"),
    ],
)
class TestRecordAndFaults:
    """Calls of every protocol are recorded and can be made to fail."""

    def test_recorded(
        self, local_aws: LocalAws, service: str, operation: str, recorded: Any
    ) -> None:
        """The record names service, operation, region, account and principal."""
        getattr(local_aws.client(service, "eu-west-1"), operation)()
        (call,) = local_aws.calls
        assert (call.action, call.region) == (recorded, "eu-west-1")
        assert (call.account, call.principal) == ("123456789012", "user")

    def test_denied(self, local_aws: LocalAws, service: str, operation: str, recorded: Any) -> None:
        """A denied action is refused with the code of its service until the next reset."""
        local_aws.deny(recorded)
        client = local_aws.client(service)
        for _ in range(2):
            code, message, status = error_of(getattr(client, operation))
            assert "Denied" in code or code in ("AuthorizationError", "UnauthorizedOperation")
            assert (message, status) == (f"User is not authorized to perform: {recorded}", 403)
        local_aws.reset()
        getattr(client, operation)()

    def test_fails_a_number_of_times(
        self, local_aws: LocalAws, service: str, operation: str, recorded: Any
    ) -> None:
        """A fault is used once; the next call succeeds."""
        local_aws.fail(recorded, "ThrottlingException", 400, times=1)
        call = getattr(local_aws.client(service), operation)
        assert error_of(call)[0] == "ThrottlingException"
        call()

    def test_fails_in_its_region_only(
        self, local_aws: LocalAws, service: str, operation: str, recorded: Any
    ) -> None:
        """A fault can be limited to a region."""
        local_aws.fail(recorded, "InternalFailure", 500, times=None, region="eu-west-1")
        getattr(local_aws.client(service, "us-east-1"), operation)()
        call = getattr(local_aws.client(service, "eu-west-1"), operation)
        assert error_of(call)[2] == 500


def test_fault_wants_service_and_operation(local_aws: LocalAws) -> None:
    """An action without its service is a ValueError."""
    with pytest.raises(ValueError, match="'ListTopics'; expected SERVICE:OPERATION"):
        local_aws.deny("ListTopics")


def test_reset_empties_everything(local_aws: LocalAws) -> None:
    """A reset empties every account."""
    local_aws.client("sns").create_topic(Name="t")
    local_aws.client("s3").create_bucket(Bucket="bucket")
    local_aws.client("iam").create_user(UserName="u")
    local_aws.reset()
    assert not local_aws.client("sns").list_topics()["Topics"]
    assert not local_aws.client("s3").list_buckets()["Buckets"]
    assert not local_aws.client("iam").list_users()["Users"]


def test_one_at_a_time(local_aws: LocalAws) -> None:
    """A second server in the same process is refused, because moto's state is global."""
    with pytest.raises(RuntimeError, match="already"):
        LocalAws().start()


def test_child_environment_reaches_only_the_local_aws(
    local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A child's environment has the local AWS, a refusing proxy, and no other AWS settings."""
    monkeypatch.setenv("AWS_PROFILE", "production")
    environ = local_aws.child_environment("eu-west-1")
    assert "AWS_PROFILE" not in environ
    assert environ["AWS_ENDPOINT_URL"] == local_aws.endpoint
    assert environ["HTTPS_PROXY"] == "http://127.0.0.1:9"


@pytest.mark.parametrize("wrong", ["12345", "12345678901x", ""])
def test_account_number_is_checked(local_aws: LocalAws, wrong: Any) -> None:
    """An account must have twelve digits."""
    with pytest.raises(ValueError, match="expected twelve digits"):
        local_aws.client("sts", "us-east-1", wrong)


def test_links_to_monitoring_accounts(local_aws: LocalAws) -> None:
    """Links belong to one account and region, and a reset drops them."""
    sink = "arn:aws:oam:us-east-1:999988887777:sink/11111111-2222-3333-4444-555555555555"
    oam = local_aws.client("oam", "us-east-1")
    metrics = ["AWS::CloudWatch::Metric"]
    created = oam.create_link(LabelTemplate="x", ResourceTypes=metrics, SinkIdentifier=sink)
    (link,) = oam.list_links()["Items"]
    assert (link["Arn"], link["SinkArn"]) == (created["Arn"], sink)
    assert link["ResourceTypes"] == metrics
    assert local_aws.client("oam", "eu-west-1").list_links()["Items"] == []
    with pytest.raises(ClientError, match="ListSinks"):
        oam.list_sinks()
    local_aws.reset()
    assert oam.list_links()["Items"] == []


STOPPING = """
import os, sys, time
from pathlib import Path
from localaws.server import LocalAws
from tests.localaws.builders import put_function

note = Path(sys.argv[1])
with LocalAws() as aws:
    body = f"pathlib.Path({str(note)!r}).write_text(str(os.getpid())); time.sleep(19)"
    put_function(aws, f"import os, time, pathlib\\ndef handler(event, context): {body}")
    aws.client("lambda").invoke(FunctionName="f", InvocationType="Event")
    while not (note.exists() and note.read_text()):
        time.sleep(0.01)
try:
    os.kill(int(note.read_text()), 0)
except ProcessLookupError:
    print("gone")
"""


def test_stop_kills_running_functions(tmp_path: Path) -> None:
    """A running function is killed when the server stops."""
    done = subprocess.run(
        [sys.executable, "-c", STOPPING, str(tmp_path / "pid")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == ("gone\n", "")


class TestCommand:
    """``python -m localaws``."""

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Run the command as a child of this test."""
        return subprocess.Popen(
            [sys.executable, "-m", "localaws", *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def test_prints_the_environment_and_stops(self) -> None:
        """The printed lines can be pasted into a shell; SIGINT ends it cleanly."""
        child = self.start("--port", "0", "--region", "eu-west-1")
        assert child.stdout
        lines = [child.stdout.readline().rstrip("\n") for _ in range(11)]
        variables = dict(line.removeprefix("export ").split("=", 1) for line in lines)
        assert variables["AWS_DEFAULT_REGION"] == "eu-west-1"
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(variables["AWS_ENDPOINT_URL"] + "/nothing-here")
        child.send_signal(2)
        _, complaints = child.communicate(timeout=30)
        assert child.returncode == 0
        assert "Traceback" not in complaints

    def test_port_in_use(self) -> None:
        """A port that is taken is one clear line and exit 2."""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            child = self.start("--port", str(port))
            output, complaints = child.communicate(timeout=30)
        assert child.returncode == 2
        assert complaints == f"error: port {port} is in use; choose another with --port\n"
        assert output == ""


def test_attachments_are_counted_by_account(local_aws: LocalAws) -> None:
    """A managed policy that is attached in one account is not attached in others."""
    policy = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    own, other = (
        local_aws.client("iam", "us-east-1", account)
        for account in ("123456789012", "999988887777")
    )
    own.create_user(UserName="u")
    own.attach_user_policy(UserName="u", PolicyArn=policy)
    counts = [
        each.get_policy(PolicyArn=policy)["Policy"]["AttachmentCount"] for each in (own, other)
    ]
    assert counts == [1, 0]
