"""CloudFormation: real resources, changes, deletions, checks and roll-backs."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from localaws.cloudformation.references import in_order, references
from tests.localaws.builders import ACCOUNT, VERDICTS, put_function, start_recorder, trust

BUCKET = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "trail-bucket"}}

MONITORING = {
    "Parameters": {
        "Pattern": {"Type": "String", "Default": '{ $.eventName = "StopLogging" }'},
        "Threshold": {"Type": "Number", "Default": 1},
        "Display": {"Type": "String", "Default": "first"},
    },
    "Resources": {
        "Bucket": BUCKET,
        "Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "trail-logs"}},
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "cloudtrail.amazonaws.com"},
                            "Action": "sts:AssumeRole",
                        }
                    ]
                }
            },
        },
        "Policy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {
                "Bucket": {"Ref": "Bucket"},
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "cloudtrail.amazonaws.com"},
                            "Action": "s3:PutObject",
                            "Resource": "arn:aws:s3:::trail-bucket/*",
                        }
                    ],
                },
            },
        },
        "Trail": {
            "Type": "AWS::CloudTrail::Trail",
            "DependsOn": "Policy",
            "Properties": {
                "TrailName": "trail",
                "S3BucketName": {"Ref": "Bucket"},
                "IsLogging": True,
                "IsMultiRegionTrail": "true",
                "CloudWatchLogsLogGroupArn": {"Fn::GetAtt": ["Group", "Arn"]},
                "CloudWatchLogsRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
            },
        },
        "Topic": {
            "Type": "AWS::SNS::Topic",
            "Properties": {"DisplayName": {"Fn::Sub": "${Display} topic"}},
        },
        "TopicPolicy": {
            "Type": "AWS::SNS::TopicPolicy",
            "Properties": {
                "Topics": [{"Ref": "Topic"}],
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "cloudwatch.amazonaws.com"},
                            "Action": "sns:Publish",
                            "Resource": {"Ref": "Topic"},
                        }
                    ],
                },
            },
        },
        "Subscription": {
            "Type": "AWS::SNS::Subscription",
            "Properties": {
                "TopicArn": {"Ref": "Topic"},
                "Protocol": "email",
                "Endpoint": "person@example.com",
            },
        },
        "Filter": {
            "Type": "AWS::Logs::MetricFilter",
            "Properties": {
                "LogGroupName": {"Ref": "Group"},
                "FilterPattern": {"Ref": "Pattern"},
                "MetricTransformations": [
                    {"MetricName": "m", "MetricNamespace": "n", "MetricValue": "1"}
                ],
            },
        },
        "Alarm": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "AlarmName": "alarm",
                "MetricName": "m",
                "Namespace": "n",
                "Statistic": "Sum",
                "Period": "300",
                "EvaluationPeriods": 1,
                "Threshold": {"Ref": "Threshold"},
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                "AlarmActions": [{"Ref": "Topic"}],
            },
        },
        "Composite": {
            "Type": "AWS::CloudWatch::CompositeAlarm",
            "Properties": {
                "AlarmName": "composite",
                "AlarmRule": {"Fn::Sub": "ALARM(${Alarm})"},
                "AlarmActions": [{"Ref": "Topic"}],
            },
        },
    },
    "Outputs": {
        "TopicArn": {"Value": {"Ref": "Topic"}},
        "TrailArn": {"Value": {"Fn::GetAtt": ["Trail", "Arn"]}},
        "AlarmArn": {"Value": {"Fn::GetAtt": ["Alarm", "Arn"]}},
    },
}


@pytest.fixture
def stacks(local_aws):
    """A CloudFormation client."""
    return local_aws.client("cloudformation")


def put(stacks, template: dict, *, update: bool = False, **parameters: str) -> dict:
    """Create or update the stack ``s`` and describe it."""
    (stacks.update_stack if update else stacks.create_stack)(
        StackName="s",
        TemplateBody=json.dumps(template),
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
        ],
        Capabilities=["CAPABILITY_IAM"],
    )
    return stacks.describe_stacks(StackName="s")["Stacks"][0]


class TestMonitoring:
    """A stack with a trail, filter, alarms and topic makes them all."""

    @pytest.fixture(autouse=True)
    def stack(self, stacks):
        """The stack, made."""
        made = put(stacks, MONITORING)
        assert made["StackStatus"] == "CREATE_COMPLETE", made.get("StackStatusReason")
        self.outputs = {each["OutputKey"]: each["OutputValue"] for each in made["Outputs"]}

    def test_trail(self, local_aws):
        """The trail logs, in every region, to the group."""
        trails = local_aws.client("cloudtrail")
        (trail,) = trails.describe_trails()["trailList"]
        assert (trail["Name"], trail["IsMultiRegionTrail"]) == ("trail", True)
        assert ":log-group:trail-logs" in trail["CloudWatchLogsLogGroupArn"]
        assert trail["TrailARN"] == self.outputs["TrailArn"]
        assert trails.get_trail_status(Name="trail")["IsLogging"] is True

    def test_filter_and_alarms(self, local_aws):
        """Numbers given as text are numbers, references are followed."""
        (found,) = local_aws.client("logs").describe_metric_filters()["metricFilters"]
        assert found["filterPattern"] == '{ $.eventName = "StopLogging" }'
        assert found["filterName"].startswith("s-Filter-")
        alarms = local_aws.client("cloudwatch").describe_alarms(
            AlarmTypes=["MetricAlarm", "CompositeAlarm"]
        )
        (alarm,), (composite,) = alarms["MetricAlarms"], alarms["CompositeAlarms"]
        assert (alarm["Period"], alarm["Threshold"]) == (300, 1.0)
        assert alarm["AlarmActions"] == [self.outputs["TopicArn"]]
        assert alarm["AlarmArn"] == self.outputs["AlarmArn"]
        assert composite["AlarmRule"] == "ALARM(alarm)"

    def test_topic(self, local_aws):
        """The topic has its name to show, its policy and its subscription."""
        sns = local_aws.client("sns")
        attributes = sns.get_topic_attributes(TopicArn=self.outputs["TopicArn"])["Attributes"]
        assert attributes["DisplayName"] == "first topic"
        principal = json.loads(attributes["Policy"])["Statement"][0]["Principal"]
        assert principal == {"Service": "cloudwatch.amazonaws.com"}
        (subscription,) = sns.list_subscriptions_by_topic(TopicArn=self.outputs["TopicArn"])[
            "Subscriptions"
        ]
        assert subscription["Endpoint"] == "person@example.com"

    def test_update(self, local_aws, stacks):
        """Changed parameters reach what they touch, by Ref and by Fn::Sub."""
        updated = put(
            stacks, MONITORING, update=True, Pattern="{ $.x = 1 }", Threshold="5", Display="second"
        )
        assert updated["StackStatus"] == "UPDATE_COMPLETE"
        (found,) = local_aws.client("logs").describe_metric_filters()["metricFilters"]
        assert found["filterPattern"] == "{ $.x = 1 }"
        (alarm,) = local_aws.client("cloudwatch").describe_alarms()["MetricAlarms"]
        assert alarm["Threshold"] == 5.0
        sns = local_aws.client("sns")
        attributes = sns.get_topic_attributes(TopicArn=self.outputs["TopicArn"])["Attributes"]
        assert attributes["DisplayName"] == "second topic"

    def test_resources_leave_with_the_template(self, local_aws, stacks):
        """What the new template leaves out is removed."""
        smaller = MONITORING | {
            "Resources": {
                name: body
                for name, body in MONITORING["Resources"].items()
                if name not in ("Alarm", "Composite")
            },
            "Outputs": {},
        }
        put(stacks, smaller, update=True)
        found = local_aws.client("cloudwatch").describe_alarms(
            AlarmTypes=["MetricAlarm", "CompositeAlarm"]
        )
        assert (found["MetricAlarms"], found["CompositeAlarms"]) == ([], [])

    def test_delete(self, local_aws, stacks):
        """A deleted stack leaves nothing."""
        stacks.delete_stack(StackName="s")
        assert stacks.describe_stacks()["Stacks"] == []
        left = {
            "trails": local_aws.client("cloudtrail").describe_trails()["trailList"],
            "filters": local_aws.client("logs").describe_metric_filters()["metricFilters"],
            "groups": local_aws.client("logs").describe_log_groups()["logGroups"],
            "alarms": local_aws.client("cloudwatch").describe_alarms()["MetricAlarms"],
            "topics": local_aws.client("sns").list_topics()["Topics"],
            "subscriptions": local_aws.client("sns").list_subscriptions()["Subscriptions"],
            "buckets": local_aws.client("s3").list_buckets()["Buckets"],
            "roles": local_aws.client("iam").list_roles()["Roles"],
        }
        assert {name for name, found in left.items() if found} == set()


def rule(function: str, **properties) -> dict:
    """An AWS::Config::ConfigRule on a function."""
    return {
        "Type": "AWS::Config::ConfigRule",
        "Properties": {
            "ConfigRuleName": "r",
            "Source": {
                "Owner": "CUSTOM_LAMBDA",
                "SourceIdentifier": function,
                "SourceDetails": [
                    {"Ref": "AWS::NoValue"},
                    {"EventSource": "aws.config", "MessageType": "ScheduledNotification"},
                ],
            },
        }
        | properties,
    }


class TestConfigTypes:
    """``AWS::Config::*`` and ``AWS::SSM::Document``."""

    @pytest.fixture
    def function(self, local_aws):
        """A function for the rules, and a recorder."""
        start_recorder(local_aws)
        return put_function(local_aws, VERDICTS)

    def test_document_without_format(self, local_aws, stacks):
        """Content given as an object is JSON; changed, an unnamed document is replaced."""

        def template(text: str) -> dict:
            content = {"schemaVersion": "0.3", "description": text, "mainSteps": []}
            properties = {"DocumentType": "Automation", "Content": content}
            return {"Resources": {"D": {"Type": "AWS::SSM::Document", "Properties": properties}}}

        put(stacks, template("one"))
        ssm = local_aws.client("ssm")
        (before,) = ssm.list_documents()["DocumentIdentifiers"]
        put(stacks, template("two"), update=True)
        (after,) = ssm.list_documents()["DocumentIdentifiers"]
        assert before["Name"] != after["Name"]
        assert "two" in ssm.get_document(Name=after["Name"])["Content"]

    def test_rule_and_remediation(self, local_aws, stacks, function):
        """Both spellings of a static value work; the rule goes after its remediation."""
        template = {
            "Resources": {
                "Rule": rule(function, InputParameters={"a": "COMPLIANT"}),
                "Remediation": {
                    "Type": "AWS::Config::RemediationConfiguration",
                    "Properties": {
                        "ConfigRuleName": {"Ref": "Rule"},
                        "TargetType": "SSM_DOCUMENT",
                        "TargetId": "document",
                        "Automatic": "true",
                        "MaximumAutomaticAttempts": "2",
                        "RetryAttemptSeconds": "60",
                        "Parameters": {
                            "AutomationAssumeRole": {"StaticValue": {"Values": ["arn"]}},
                            "Other": {"StaticValue": {"Value": ["x"]}},
                        },
                    },
                },
            },
            "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Rule", "Arn"]}}},
        }
        made = put(stacks, template)
        assert made["StackStatus"] == "CREATE_COMPLETE", made.get("StackStatusReason")
        config = local_aws.client("config")
        (found,) = config.describe_config_rules()["ConfigRules"]
        assert found["InputParameters"] == '{"a": "COMPLIANT"}'
        assert made["Outputs"][0]["OutputValue"] == found["ConfigRuleArn"]
        (remediation,) = config.describe_remediation_configurations(ConfigRuleNames=["r"])[
            "RemediationConfigurations"
        ]
        assert remediation["Automatic"] is True
        assert remediation["MaximumAutomaticAttempts"] == 2
        assert remediation["Parameters"]["Other"] == {"StaticValue": {"Values": ["x"]}}
        stacks.delete_stack(StackName="s")
        assert config.describe_config_rules()["ConfigRules"] == []

    def test_conformance_pack(self, local_aws, stacks, function):
        """A stack with a pack waits for the pack, and takes it away again."""
        body = json.dumps({"Resources": {"Rule": rule(function)}})
        properties = {"ConformancePackName": "p", "TemplateBody": body}
        template = {
            "Resources": {"P": {"Type": "AWS::Config::ConformancePack", "Properties": properties}}
        }
        made = put(stacks, template)
        assert made["StackStatus"] == "CREATE_COMPLETE", made.get("StackStatusReason")
        config = local_aws.client("config")
        (found,) = config.describe_config_rules()["ConfigRules"]
        assert found["ConfigRuleName"].startswith("r-conformance-pack-")
        stacks.delete_stack(StackName="s")
        assert config.describe_config_rules()["ConfigRules"] == []


TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "t"}}
REFUSED = [
    (
        {"X": {"Type": "AWS::No::Such"}},
        {},
        "the local AWS does not implement resource types ['AWS::No::Such']",
    ),
    (
        {"T": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Ref": "Gone"}}}},
        {},
        "Unresolved resource dependencies [Gone]",
    ),
    (
        {"A": TOPIC | {"DependsOn": "B"}, "B": TOPIC | {"DependsOn": "A"}},
        {},
        "Circular dependency between resources: [A, B]",
    ),
    ({"T": TOPIC}, {"Q": "1"}, "Parameters: [Q] do not exist in the template"),
    ({"T": TOPIC}, {"P": "abcd"}, "Parameter 'P' must contain at most 3 characters"),
    ({"T": TOPIC}, {"P": ""}, "Parameter 'P' must contain at least 1 characters"),
    ({"T": TOPIC}, {"P": "x"}, "Parameter 'P' must be one of AllowedValues: [a, abcd]"),
]


@pytest.mark.parametrize(("resources", "parameters", "message"), REFUSED)
def test_refused_before_anything_is_made(stacks, resources, parameters, message):
    """A template or parameter that is wrong is a ValidationError, and there is no stack."""
    allowed = ["a", "abcd"] if parameters.get("P") == "x" else None
    slot = {"Type": "String", "Default": "a", "MinLength": 1, "MaxLength": 3}
    slot |= {"AllowedValues": allowed} if allowed else {}
    with pytest.raises(ClientError) as caught:
        put(stacks, {"Resources": resources, "Parameters": {"P": slot}}, **parameters)
    assert caught.value.response["Error"]["Code"] == "ValidationError"
    assert message in caught.value.response["Error"]["Message"]
    assert stacks.describe_stacks()["Stacks"] == []


@pytest.mark.parametrize(("size", "fits"), [(51_200, True), (51_201, False)])
def test_template_body_is_limited(stacks, size, fits):
    """51,200 bytes go through, one more does not."""
    template = json.dumps({"Resources": {"T": TOPIC}})
    body = template + " " * (size - len(template))
    if fits:
        stacks.create_stack(StackName="s", TemplateBody=body)
        return
    with pytest.raises(ClientError, match="less than or equal to 51200"):
        stacks.create_stack(StackName="s", TemplateBody=body)


BAD_ALARM = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"AlarmName": "a", "Nonsense": 1}}


def test_failed_creation_rolls_back(local_aws, stacks):
    """What was made before the failure is removed, and the stack says what failed."""
    made = put(stacks, {"Resources": {"T": TOPIC, "A": BAD_ALARM | {"DependsOn": "T"}}})
    assert made["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "[A]. Encountered unsupported property Nonsense" in made["StackStatusReason"]
    assert local_aws.client("sns").list_topics()["Topics"] == []
    events = stacks.describe_stack_events(StackName="s")["StackEvents"]
    assert any(each["ResourceStatus"] == "CREATE_FAILED" for each in events)
    with pytest.raises(ClientError, match="ROLLBACK_COMPLETE state and can not be updated"):
        put(stacks, {"Resources": {"T": TOPIC}}, update=True)
    stacks.delete_stack(StackName="s")
    assert stacks.describe_stacks()["Stacks"] == []


def test_failed_update_rolls_back(local_aws, stacks):
    """After a failed update the stack is as it was."""
    put(stacks, {"Resources": {"T": TOPIC}})
    other = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "u"}}
    updated = put(
        stacks,
        {"Resources": {"T": TOPIC, "U": other, "A": BAD_ALARM | {"DependsOn": "U"}}},
        update=True,
    )
    assert updated["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    topics = [each["TopicArn"] for each in local_aws.client("sns").list_topics()["Topics"]]
    assert topics == [f"arn:aws:sns:us-east-1:{ACCOUNT}:t"]


def test_failed_deletion_stays(local_aws, stacks):
    """A stack whose resource cannot be removed is DELETE_FAILED, and can be deleted later."""
    put(stacks, {"Resources": {"T": TOPIC}})
    local_aws.fail("sns:DeleteTopic", "InternalError", 500, times=1)
    stacks.delete_stack(StackName="s")
    (stack,) = stacks.describe_stacks()["Stacks"]
    assert stack["StackStatus"] == "DELETE_FAILED"
    stacks.delete_stack(StackName="s")
    assert stacks.describe_stacks()["Stacks"] == []


def test_conditions_come_and_go(local_aws, stacks):
    """A parameter that turns a condition makes and removes the resource."""
    template = {
        "Parameters": {"Wanted": {"Type": "String"}},
        "Conditions": {"IsWanted": {"Fn::Equals": [{"Ref": "Wanted"}, "yes"]}},
        "Resources": {
            "T": TOPIC,
            "U": {
                "Type": "AWS::SNS::Topic",
                "Condition": "IsWanted",
                "Properties": {"TopicName": "u"},
            },
        },
    }
    numbers = []
    for place, wanted in enumerate(("no", "yes", "no")):
        put(stacks, template, update=place > 0, Wanted=wanted)
        numbers.append(len(local_aws.client("sns").list_topics()["Topics"]))
    assert numbers == [1, 2, 1]


def test_nothing_to_update(stacks):
    """The same template again has no updates to perform."""
    parameters = {"Parameters": {"P": {"Type": "String", "Default": "a"}}}
    template = {"Resources": {"T": TOPIC}} | parameters
    put(stacks, template, P="a")
    with pytest.raises(ClientError, match="No updates are to be performed"):
        put(stacks, template, update=True, P="a")


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ({"Ref": "A"}, {"A"}),
        ({"Fn::GetAtt": ["A", "Arn"]}, {"A"}),
        ({"Fn::GetAtt": "A.Arn"}, {"A"}),
        ({"Fn::Sub": "${A}-${B.Arn}-${!C}"}, {"A", "B"}),
        ({"Fn::Sub": ["${A}-${x}", {"x": {"Ref": "B"}}]}, {"A", "B"}),
        ({"Fn::If": ["Condition", {"Ref": "A"}, [{"Ref": "B"}]]}, {"A", "B"}),
        ("${A}", set()),
    ],
)
def test_references(value, names):
    """Every way in which a template names another thing."""
    assert set(references(value)) == names


def test_order():
    """Each resource comes after what it needs."""
    resources = {
        "A": {"Properties": {"x": {"Ref": "B"}}},
        "B": {"DependsOn": ["C"]},
        "C": {},
    }
    assert in_order(resources) == ["C", "B", "A"]


def test_no_value_in_a_list(local_aws):
    """``AWS::NoValue`` takes its item out of a list, and the stack stands without it."""
    policy = {
        "PolicyName": "one",
        "PolicyDocument": {
            "Statement": [{"Effect": "Allow", "Action": "sns:ListTopics", "Resource": "*"}]
        },
    }
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": "worker",
            "AssumeRolePolicyDocument": json.loads(trust("lambda")),
            "Policies": [{"Fn::If": ["Never", policy, {"Ref": "AWS::NoValue"}]}, policy],
        },
    }
    template = {
        "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}},
        "Resources": {"Role": role},
    }
    client = local_aws.client("cloudformation")
    client.create_stack(StackName="s", TemplateBody=json.dumps(template))
    (stack,) = client.describe_stacks(StackName="s")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    names = local_aws.client("iam").list_role_policies(RoleName="worker")["PolicyNames"]
    assert names == ["one"]


def test_a_document_keeps_its_name(local_aws):
    """An SSM document is found under the name that the template gives it."""
    document = {
        "schemaVersion": "0.3",
        "mainSteps": [{"name": "Wait", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}],
    }
    properties = {"Name": "mend", "DocumentType": "Automation", "Content": document}
    template = {"Resources": {"D": {"Type": "AWS::SSM::Document", "Properties": properties}}}
    stacks = local_aws.client("cloudformation")
    stacks.create_stack(StackName="s", TemplateBody=json.dumps(template))
    found = local_aws.client("ssm").describe_document(Name="mend")["Document"]
    assert found["DocumentType"] == "Automation"
