"""A role that has only the permissions that docs/operating.md lists for `make deploy`."""

import json
import re
from collections.abc import Iterator, Mapping

from deployment.folders import CHECKOUT
from localaws.server import LocalAws

GUIDE = CHECKOUT / "docs" / "operating.md"


def listed_actions() -> Iterator[str]:
    """Yield the IAM actions of the guide's table.

    A name without a service belongs to the service before it.
    """
    section = GUIDE.read_text().split("\n## Permissions\n")[1].split("\n## ")[0]
    for row in re.findall(r"^\| .+", section, re.MULTILINE):
        service = ""
        for prefix, name in re.findall(r"`(?:([a-z0-9]+):)?([A-Z][A-Za-z0-9]+)`", row):
            service = prefix or service
            yield f"{service}:{name}"


def deployer(aws: LocalAws) -> Mapping[str, str]:
    """Create the role, and return its credentials as environment variables."""
    policy = {"Effect": "Allow", "Action": sorted(set(listed_actions())), "Resource": "*"}
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    iam = aws.client("iam")
    role = iam.create_role(RoleName="deployer", AssumeRolePolicyDocument=_policy(trust))["Role"]
    iam.put_role_policy(RoleName="deployer", PolicyName="listed", PolicyDocument=_policy(policy))
    answer = aws.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="deployer")
    keys = answer["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
    }


def _policy(statement: Mapping[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
