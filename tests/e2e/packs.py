"""What a person does with build/pack/, by the APIs that the AWS CLI calls."""

from pathlib import Path
from typing import Any

from demo.steps import Run

PACK = "alarmchain"
BUCKETS = "alarmchain-code"


def template(folder: Path, name: str) -> str:
    """The text of a template that `make pack` wrote."""
    return (folder / name).read_text()


def make_code_bucket(cloudformation: Any, s3: Any, region: str, folder: Path, **more: str) -> None:
    """The stack of code-bucket.yaml, and the code in its bucket."""
    body = template(folder, "code-bucket.yaml")
    deploy_stack(cloudformation, "alarmchain-code", body, CodeBucketPrefix=BUCKETS, **more)
    bucket = f"{BUCKETS}-{region}"
    # The policy refuses connections that are not encrypted, and the local AWS knows no others.
    s3.delete_bucket_policy(Bucket=bucket)
    upload_code(s3, bucket, folder)


def upload_code(s3: Any, bucket: str, folder: Path) -> None:
    """`aws s3 sync build/pack/code s3://BUCKET`."""
    root = folder / "code"
    for file in root.rglob("*.zip"):
        s3.put_object(Bucket=bucket, Key=str(file.relative_to(root)), Body=file.read_bytes())


def by_way_of_s3(s3: Any, bucket: str, body: str) -> dict[str, str]:
    """What `aws cloudformation deploy --s3-bucket` does with a template that is too large."""
    s3.put_object(Bucket=bucket, Key="template.yaml", Body=body.encode())
    return {"TemplateURL": f"https://s3.amazonaws.com/{bucket}/template.yaml"}


def deploy_stack(
    cloudformation: Any, name: str, body: str | dict[str, str], **parameters: str
) -> None:
    """`aws cloudformation deploy`: makes or changes the stack, which must stand in the end."""
    sent = body if isinstance(body, dict) else {"TemplateBody": body}
    standing = {one["StackName"] for one in cloudformation.describe_stacks()["Stacks"]}
    call = cloudformation.update_stack if name in standing else cloudformation.create_stack
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
    """`aws configservice put-conformance-pack`, and waiting for it."""
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
