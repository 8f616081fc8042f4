"""The steps of docs/deploying.md with build/pack/, by the APIs that the AWS CLI calls."""

from pathlib import Path
from typing import Any

from demo.steps import Run

PACK = "alarmchain"
BUCKETS = "alarmchain-code"


def template(folder: Path, name: str) -> str:
    """Return the text of a template that `make pack` wrote."""
    return (folder / name).read_text()


def make_code_bucket(cloudformation: Any, s3: Any, region: str, folder: Path, **more: str) -> None:
    """Deploy the stack of code-bucket.yaml, and upload the code to its bucket."""
    body = template(folder, "code-bucket.yaml")
    deploy_stack(cloudformation, "alarmchain-code", body, CodeBucketPrefix=BUCKETS, **more)
    bucket = f"{BUCKETS}-{region}"
    # The policy refuses connections without encryption, and the local AWS has no encryption.
    s3.delete_bucket_policy(Bucket=bucket)
    upload_code(s3, bucket, folder)


def upload_code(s3: Any, bucket: str, folder: Path) -> None:
    """Do what `aws s3 sync build/pack/code s3://BUCKET` does."""
    root = folder / "code"
    for file in root.rglob("*.zip"):
        s3.put_object(Bucket=bucket, Key=str(file.relative_to(root)), Body=file.read_bytes())


def upload_template(s3: Any, bucket: str, body: str) -> dict[str, str]:
    """Upload a large template, as `aws cloudformation deploy --s3-bucket` does; return its URL."""
    s3.put_object(Bucket=bucket, Key="template.yaml", Body=body.encode())
    return {"TemplateURL": f"https://s3.amazonaws.com/{bucket}/template.yaml"}


def deploy_stack(
    cloudformation: Any, name: str, body: str | dict[str, str], **parameters: str
) -> None:
    """Create or update the stack, as `aws cloudformation deploy` does, and assert its success."""
    sent = body if isinstance(body, dict) else {"TemplateBody": body}
    existing = {stack["StackName"] for stack in cloudformation.describe_stacks()["Stacks"]}
    call = cloudformation.update_stack if name in existing else cloudformation.create_stack
    call(
        StackName=name,
        **sent,
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
        ],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    assert stack["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), stack


def put_pack(run: Run, region: str, body: str, **parameters: str) -> None:
    """Put the conformance pack, wait for it, and assert its success."""
    client = run.client("config", region)
    client.put_conformance_pack(
        ConformancePackName=PACK,
        TemplateBody=body,
        ConformancePackInputParameters=[
            {"ParameterName": key, "ParameterValue": value} for key, value in parameters.items()
        ],
    )
    run.aws.settle()
    (status,) = client.describe_conformance_pack_status(ConformancePackNames=[PACK])[
        "ConformancePackStatusDetails"
    ]
    assert status["ConformancePackState"] == "CREATE_COMPLETE", status[
        "ConformancePackStatusReason"
    ]
