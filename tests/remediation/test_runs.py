"""What a run does and leaves: every parameter, twice, after failures, dry, and beside others."""

import json
from typing import Any

import pytest

from alarmchain.remediation.steps import read_back_and_reevaluate as read_back
from deployment.pack.remediation import ATTEMPTS, WITHIN
from localaws import sns as local_sns
from localaws.config import evaluation
from tests.localaws.builders import VERDICTS, put_function, put_rule, start_recorder, trust
from tests.remediation.conftest import CONTROLS, Place, Remediated, content
from tests.remediation.laying import ACCOUNT, lay, queue, region_clients

Json = dict[str, Any]
RULE = "ConfigChanges"
NAMES = CONTROLS[RULE].names
HOME = "us-east-1"
GROUP = "CloudTrail/CloudWatchLogGroup"
DEFAULT_TOPIC = f"arn:aws:sns:{HOME}:{ACCOUNT}:{NAMES['TopicName']}"
ADDED = "ec2.amazonaws.com:ModifySecurityGroupRules"


def trail(name: str = "main", region: str = HOME, group: str = GROUP, **changes: Any) -> Json:
    """A trail that delivers all management events to the log group."""
    return {
        "Name": name,
        "IsMultiRegionTrail": True,
        "CloudWatchLogsLogGroupArn": f"arn:aws:logs:{region}:{ACCOUNT}:log-group:{group}:*",
        "Status": {"IsLogging": True},
    } | changes


def made(
    place: Place, *trails: Json, region: str = HOME, groups: tuple[str, ...] = (GROUP,)
) -> None:
    """Log groups, and trails that deliver to them."""
    collections = {
        "log_groups": [{"logGroupName": group} for group in groups],
        "trails": list(trails) or [trail(region=region)],
    }
    lay(region_clients(place.aws), {"Regions": {region: collections}})


@pytest.fixture
def account(place: Place) -> Place:
    """A trail that feeds a log group, and nothing behind it."""
    made(place)
    return place


def listened(place: Place, arn: str = DEFAULT_TOPIC) -> None:
    """Somebody subscribes to the topic."""
    _, endpoint = queue(place.client("sqs"), "listener")
    place.client("sns").subscribe(TopicArn=arn, Protocol="sqs", Endpoint=endpoint)


def compliant(place: Place, rule: str = RULE, region: str = HOME, **parameters: str) -> bool:
    """The rule's verdict."""
    return place.judge(rule, region, **parameters)[0] == "COMPLIANT"


def succeeded(run: Remediated) -> Remediated:
    """The run, having succeeded."""
    assert (run.status, run.why) == ("Success", "")
    return run


def test_nothing_there(account: Place) -> None:
    """Everything is made under the published names, and what a person has to do yet is told."""
    run = succeeded(account.remediate(RULE))
    standing = account.standing()
    (metric_filter,), (alarm,) = standing["filters"], standing["alarms"]
    assert (metric_filter["filterName"], alarm["AlarmName"]) == (
        NAMES["FilterName"],
        NAMES["AlarmName"],
    )
    assert metric_filter["metricTransformations"] == [
        {
            "metricName": NAMES["MetricName"],
            "metricNamespace": NAMES["MetricNamespace"],
            "metricValue": "1",
        }
    ]
    assert metric_filter["filterPattern"].startswith(
        '{ ($.eventSource = "config.amazonaws.com") &&'
    )
    assert "errorCode" not in metric_filter["filterPattern"]
    assert [alarm[key] for key in ("Statistic", "Period", "EvaluationPeriods", "Threshold")] == [
        "Sum",
        300,
        1,
        1.0,
    ]
    assert (alarm["DatapointsToAlarm"], alarm["TreatMissingData"]) == (1, "notBreaching")
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert NAMES["AlarmDescription"] in alarm["AlarmDescription"]
    assert alarm["AlarmActions"] == [DEFAULT_TOPIC]
    (statement,) = json.loads(standing["topics"][DEFAULT_TOPIC]["Policy"])["Statement"]
    assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    assert len(run.result["Made"]) == 3
    assert "someone has to subscribe" in run.result["ToDo"]
    assert not compliant(account)
    listened(account)
    assert compliant(account)
    assert compliant(account, FailedCalls="required")


def test_twice(account: Place) -> None:
    """The second run reuses all, and changes nothing."""
    for _ in range(2):
        run = succeeded(account.remediate(RULE, NotificationEmail="a@example.com"))
        standing = account.standing()
        again = succeeded(account.remediate(RULE, NotificationEmail="a@example.com"))
        assert account.standing() == standing
        assert again.result["Made"] == []
        assert again.would_do == []
        assert len(again.result["Reused"]) == 3
    assert run.result["Made"] == []


PINS = {
    "CallList": "extended",
    "AdditionalCalls": ADDED,
    "MetricName": "Own metric",
    "MetricNamespace": "Own/Space",
    "FilterName": "own filter",
    "AlarmName": "Own alarm",
}


ALL = 2 ** len(PINS)


@pytest.mark.parametrize(
    ("beside", "chosen"), [(True, n) for n in range(ALL)] + [(False, 1 << n) for n in range(6)]
)
def test_every_combination(account: Place, chosen: int, beside: bool) -> None:
    """The rule, told the same, is COMPLIANT; beside a broken chain of the published names too."""
    given = {name: value for n, (name, value) in enumerate(PINS.items()) if chosen >> n & 1}
    if beside:
        broken_chain(account)
    topic, _ = account.on_call()
    run = succeeded(account.remediate(RULE, TopicArn=topic, **given))
    told = {name: value for name, value in given.items() if name != "FilterName"}
    assert compliant(account, **told)
    plan = run.outputs["ChooseFilterAndAlarm.Plan"]
    for name in given.keys() - {"CallList", "AdditionalCalls"}:
        key = {"MetricNamespace": "Namespace"}.get(name, name)
        assert given[name] == (next(iter(plan["Filters"])) if name == "FilterName" else plan[key])


def broken_chain(place: Place) -> None:
    """Of somebody who followed a runbook, and left an event out."""
    place.client("logs").put_metric_filter(
        logGroupName=GROUP,
        filterName=NAMES["FilterName"],
        filterPattern="{ $.eventName = DeleteDeliveryChannel }",
        metricTransformations=[
            {
                "metricName": NAMES["MetricName"],
                "metricNamespace": NAMES["MetricNamespace"],
                "metricValue": "1",
            }
        ],
    )
    place.client("cloudwatch").put_metric_alarm(
        AlarmName=NAMES["AlarmName"],
        MetricName=NAMES["MetricName"],
        Namespace=NAMES["MetricNamespace"],
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
    )


def test_beside_a_broken_chain(account: Place) -> None:
    """It stays as it is, what is ours bears the suffix, and may be corrected later."""
    broken_chain(account)
    before = account.standing()
    topic, _ = account.on_call()
    run = succeeded(account.remediate(RULE, TopicArn=topic))
    assert len(run.result["LeftAlone"]) == 2
    standing = account.standing()
    assert [item for item in standing["filters"] if item in before["filters"]] == before["filters"]
    assert [item for item in standing["alarms"] if item in before["alarms"]] == before["alarms"]
    added = [item["filterName"] for item in standing["filters"] if item not in before["filters"]]
    assert added == [f"{NAMES['FilterName']}-alarmchain"]
    assert run.outputs["ChooseFilterAndAlarm.Plan"]["MetricName"] == "ConfigEventCount-alarmchain"
    again = succeeded(account.remediate(RULE, TopicArn=topic))
    assert (again.result["Made"], account.standing()) == ([], standing)
    assert again.result["LeftAlone"] == run.result["LeftAlone"]
    account.client("cloudwatch").put_metric_alarm(
        AlarmName=f"{NAMES['AlarmName']}-alarmchain",
        AlarmDescription=standing["alarms"][-1]["AlarmDescription"],
        MetricName="ConfigEventCount-alarmchain",
        Namespace="CloudTrailMetrics",
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=7,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
    )
    again = succeeded(account.remediate(RULE, TopicArn=topic, CallList="extended"))
    assert [words.split()[0] for words in again.would_do] == ["correct", "correct"]
    assert len(account.standing()["filters"]) == 2
    assert compliant(account, CallList="extended")


@pytest.mark.parametrize("name", ["FilterName", "MetricName", "AlarmName"])
def test_a_pinned_name_that_is_taken(account: Place, name: str) -> None:
    """The run stops and says so, having changed nothing."""
    broken_chain(account)
    before = account.standing()
    run = account.remediate(RULE, **{name: NAMES[name]})
    assert run.status == "Failed"
    assert "Taken by something else" in run.why
    assert NAMES[name] in run.why
    assert account.standing() == before


def test_what_does_the_job_is_reused(account: Place) -> None:
    """A filter as the runbooks make it; the alarm that tells nobody is left."""
    calls = [call.event_name for call in CONTROLS[RULE].calls["cis"]]
    text = "||".join(f"($.eventName = {name})" for name in calls)
    broken_chain(account)
    topic, _ = account.on_call()
    account.client("logs").put_metric_filter(
        logGroupName=GROUP,
        filterName=NAMES["FilterName"],
        filterPattern=f"{{ ($.eventSource = config.amazonaws.com) && ({text}) }}",
        metricTransformations=account.standing()["filters"][0]["metricTransformations"],
    )
    run = succeeded(account.remediate(RULE, TopicArn=topic))
    assert run.result["Reused"] == [f"topic {topic}", f"metric filter {NAMES['FilterName']}"]
    assert run.result["Made"] == [f"put alarm {NAMES['AlarmName']}-alarmchain"]
    assert compliant(account)


def test_who_else_is_told(account: Place) -> None:
    """An alarm of ours that is corrected goes on telling whom it told, as far as it may."""
    topic, _ = account.on_call()
    broken_chain(account)
    succeeded(account.remediate(RULE, TopicArn=topic))
    cloudwatch = account.client("cloudwatch")
    (ours,) = [one for one in account.standing()["alarms"] if "-alarmchain" in one["AlarmName"]]
    keys = ["AlarmName", "AlarmDescription", "Namespace", "MetricName", "Statistic", "Period"]
    keys += ["EvaluationPeriods", "ComparisonOperator", "Threshold"]
    for count in (1, 5):
        others = [account.on_call(name=f"other-{n}")[0] for n in range(count)]
        cloudwatch.put_metric_alarm(**{key: ours[key] for key in keys}, AlarmActions=others)
        succeeded(account.remediate(RULE, TopicArn=topic))
        (alarm,) = cloudwatch.describe_alarms(AlarmNames=[ours["AlarmName"]])["MetricAlarms"]
        assert alarm["AlarmActions"] == [topic, *others][:5]


def test_many_calls(account: Place) -> None:
    """More than a pattern's 1,024 characters hold go to several filters on one metric."""
    many = ",".join(f"s{n:02}.amazonaws.com:Do" for n in range(24))
    told = {"CallList": "extended", "AdditionalCalls": many}
    topic, _ = account.on_call()
    for done in (False, True):
        run = succeeded(account.remediate(RULE, TopicArn=topic, **told))
        assert bool(run.result["Made"]) is not done
    filters = account.standing()["filters"]
    assert [item["filterName"] for item in filters] == [
        NAMES["FilterName"],
        f"{NAMES['FilterName']}-2",
        f"{NAMES['FilterName']}-3",
    ]
    assert all(len(item["filterPattern"]) <= 1024 for item in filters)
    assert compliant(account, **told)


def test_read_back(account: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """What can't be read back fails the run, with what is lacking."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    run = succeeded(account.remediate(RULE))
    events = {
        "Group": run.outputs["FindLogGroup.Group"],
        "Topic": run.outputs["ChooseTopic.Plan"],
        "Plan": run.outputs["ChooseFilterAndAlarm.Plan"],
        "Done": run.result["Made"],
        "ConfigRuleName": RULE,
        "Region": HOME,
    }
    assert read_back.handler(events, None)["Made"] == run.result["Made"]
    account.client("cloudwatch").delete_alarms(AlarmNames=[NAMES["AlarmName"]])
    account.client("logs").delete_metric_filter(logGroupName=GROUP, filterName=NAMES["FilterName"])
    account.client("sns").set_topic_attributes(
        TopicArn=DEFAULT_TOPIC, AttributeName="Policy", AttributeValue="{}"
    )
    with pytest.raises(RuntimeError) as failure:
        read_back.handler(events, None)
    lacking = (NAMES["AlarmName"], NAMES["FilterName"], f"policy of topic {DEFAULT_TOPIC}")
    assert all(words in str(failure.value) for words in lacking)


def test_dry_run(account: Place) -> None:
    """It says what it would do, and does not."""
    before = account.standing()
    run = succeeded(account.remediate(RULE, DryRun="true", NotificationEmail="a@example.com"))
    assert account.standing() == before
    assert run.would_do == [
        f"make topic {DEFAULT_TOPIC}",
        f"let CloudWatch publish to topic {DEFAULT_TOPIC}",
        f"subscribe a@example.com to topic {DEFAULT_TOPIC}",
        f"make metric filter {NAMES['FilterName']}",
        f"make alarm {NAMES['AlarmName']}",
    ]
    writes = ("Create", "Put", "Set", "Subscribe")
    called = account.aws.calls.actions(principal="*")
    after = called[called.index("ssm:StartAutomationExecution") :]
    assert [one for one in after if one.split(":")[1].startswith(writes)] == []
    assert run.steps["PrepareTopic"] == "Pending"


def test_another_region(place: Place) -> None:
    """Everything is made where the trail is at home; both regions' rules are content with it."""
    made(place, region="eu-west-1")
    topic, url = place.on_call("eu-west-1")
    succeeded(place.remediate(RULE, "ap-south-1", TopicArn=topic))
    assert [place.judge(RULE, region)[0] for region in ("ap-south-1", "eu-west-1")] == [
        "COMPLIANT",
        "COMPLIANT",
    ]
    assert place.standing("ap-south-1")["alarms"] == []
    again = succeeded(place.remediate(RULE, "eu-west-1", TopicArn=topic))
    assert again.result["Made"] == []
    place.call("config.amazonaws.com", "StopConfigurationRecorder", "ap-south-1")
    assert place.told(url, "eu-west-1") == [NAMES["AlarmName"]]
    run = place.remediate(RULE, "ap-south-1", TopicArn=DEFAULT_TOPIC)
    assert "must be in the trail's eu-west-1" in run.why


def test_an_email(account: Place) -> None:
    """Until it is confirmed the rule stays NON_COMPLIANT, and the run says so; then no more."""
    address = "on-call@example.com"
    run = succeeded(account.remediate(RULE, NotificationEmail=address))
    assert f"{address} has to confirm" in run.result["ToDo"]
    assert "NON_COMPLIANT" in run.result["ToDo"]
    assert not compliant(account)
    account.client("sns").confirm_subscription(
        TopicArn=DEFAULT_TOPIC, Token=local_sns.confirmation_token(ACCOUNT, HOME, address)
    )
    assert compliant(account)
    again = succeeded(account.remediate(RULE, NotificationEmail=address))
    assert (again.result["ToDo"], again.result["Made"]) == ("Nothing.", [])


def test_an_email_beside_others(account: Place) -> None:
    """Where somebody else has confirmed, the verdict does not wait for the address."""
    topic, _ = account.on_call()
    for made_some in (True, False):
        run = succeeded(account.remediate(RULE, TopicArn=topic, NotificationEmail="a@example.com"))
        assert run.result["ToDo"].startswith("a@example.com has to confirm")
        assert bool(run.result["Made"]) is made_some
        assert run.result["Reevaluation"].startswith("not started: no rule ConfigChanges")
    assert compliant(account)


def test_statements_that_stand(account: Place) -> None:
    """A topic's policy keeps them beside ours, and gets ours once."""
    theirs = {
        "Sid": "theirs",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": "sns:Publish",
        "Resource": "*",
    }
    topic, _ = account.on_call()
    policy = json.dumps({"Version": "2012-10-17", "Id": "p", "Statement": [theirs]})
    account.client("sns").set_topic_attributes(
        TopicArn=topic, AttributeName="Policy", AttributeValue=policy
    )
    for _ in range(2):
        succeeded(account.remediate(RULE, TopicArn=topic))
        found = json.loads(account.standing()["topics"][topic]["Policy"])
        assert (found["Id"], found["Statement"][0]) == ("p", theirs)
        assert [one["Sid"] for one in found["Statement"]] == [
            "theirs",
            "AlarmchainCloudWatchAlarms",
        ]
    assert compliant(account)


def encrypted(place: Place, *, lets_cloudwatch: bool) -> str:
    """The ARN of a customer-managed key."""
    own = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}
    statements = [own | {"Action": "kms:*", "Resource": "*"}]
    if lets_cloudwatch:
        statements.append(
            {
                "Effect": "Allow",
                "Principal": {"Service": "cloudwatch.amazonaws.com"},
                "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
                "Resource": "*",
            }
        )
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    found: str = place.client("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"]
    return found


def test_a_key(account: Place) -> None:
    """The topic is made encrypted; an existing one that is not is left for one of ours."""
    key = encrypted(account, lets_cloudwatch=True)
    succeeded(account.remediate(RULE, KmsKeyId=key))
    assert account.standing()["topics"][DEFAULT_TOPIC]["KmsMasterKeyId"] == key
    listened(account)
    assert compliant(account)
    other = encrypted(account, lets_cloudwatch=True)
    run = succeeded(account.remediate(RULE, KmsKeyId=other.rsplit("/", 1)[1]))
    assert run.outputs["ChooseTopic.Plan"]["Arn"] == f"{DEFAULT_TOPIC}-alarmchain"
    assert "KmsKeyId" in run.result["LeftAlone"][0]


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("alias/aws/sns", "CloudWatch can't use such a key"),
        ("00000000-0000-0000-0000-000000000000", "does not exist"),
        ("forbids", "must let cloudwatch.amazonaws.com"),
        ("disabled", "is Disabled"),
    ],
)
def test_a_key_that_does_not_serve(account: Place, key: str, reason: str) -> None:
    """The run stops with what is wrong with the key."""
    kms = account.client("kms")
    if key in ("forbids", "disabled"):
        arn = encrypted(account, lets_cloudwatch=key == "disabled")
        if key == "disabled":
            kms.disable_key(KeyId=arn.rsplit("/", 1)[1])
        key = arn
    before = account.standing()
    run = account.remediate(RULE, KmsKeyId=key)
    assert run.status == "Failed"
    assert reason in run.why
    assert account.standing() == before


def test_a_topic_that_refuses(account: Place) -> None:
    """One of our default name with a Deny is left for one with the suffix; a given one stops."""
    sns = account.client("sns")
    arn = sns.create_topic(Name=NAMES["TopicName"])["TopicArn"]
    deny = {"Effect": "Deny", "Principal": "*", "Action": "sns:*", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)
    run = account.remediate(RULE, TopicArn=arn)
    assert (run.status, account.standing()["alarms"]) == ("Failed", [])
    assert "Deny" in run.why
    run = succeeded(account.remediate(RULE))
    assert run.outputs["ChooseTopic.Plan"]["Arn"] == f"{arn}-alarmchain"
    run = account.remediate(RULE, TopicArn=f"{arn}-gone")
    assert "does not exist" in run.why


def test_which_log_group(place: Place) -> None:
    """Given; else that of the first fit trail by name, multi-region ones first."""
    made(
        place,
        trail("trail-a", IsMultiRegionTrail=False, group="single"),
        trail("trail-b", Status={"IsLogging": False}, group="stopped"),
        trail("trail-d", group="later"),
        trail("trail-c", group="first"),
        groups=("single", "stopped", "first", "later", "fed by none"),
    )

    def chosen(**parameters: str) -> Any:
        return place.remediate(RULE, DryRun="true", **parameters)

    assert chosen().outputs["FindLogGroup.Group"]["Name"] == "first"
    assert chosen(LogGroupName="later").outputs["FindLogGroup.Group"]["Name"] == "later"
    gone = chosen(LogGroupName="gone")
    assert "does not exist" in gone.why
    place.client("cloudtrail").stop_logging(Name="trail-c")
    place.client("cloudtrail").stop_logging(Name="trail-d")
    assert chosen().outputs["FindLogGroup.Group"]["Name"] == "single"


PACKED = f"{RULE}-conformance-pack-"


class TestReevaluation:
    """The rule is evaluated anew; a refusal is told."""

    @pytest.fixture
    def rule(self, account: Place, monkeypatch: pytest.MonkeyPatch) -> Any:
        """Makes a Config rule of a name, whose evaluation ends as soon as it starts."""
        monkeypatch.setattr(
            evaluation,
            "_evaluate",
            lambda caller, rule: evaluation.state(caller.account, caller.region).running.discard(
                rule.config_rule_name
            ),
        )
        start_recorder(account.aws)
        function = put_function(account.aws, VERDICTS)
        return lambda name: put_rule(account.aws, name, function)

    @pytest.mark.parametrize(
        ("rules", "parameters", "said"),
        [
            ([], {}, "not started: no rule ConfigChanges"),
            (["ConfigChanges"], {}, "started for ConfigChanges"),
            (["Mine"], {"ConfigRuleName": "Mine"}, "started for Mine"),
            (
                [f"{PACKED}abc", f"{PACKED}def", "ConfigChangesOther"],
                {},
                f"started for {PACKED}abc; started for {PACKED}def",
            ),
            (
                ["ConfigChanges", f"{PACKED}abc"],
                {},
                "started for ConfigChanges",
            ),
        ],
    )
    def test_which(
        self, account: Place, rule: Any, rules: list[str], parameters: Json, said: str
    ) -> None:
        """The named one, else those of packs."""
        for name in rules:
            rule(name)
        run = succeeded(account.remediate(RULE, **parameters))
        assert run.result["Reevaluation"].split(" in us-")[0] == said

    @pytest.mark.parametrize(
        "action", ["config:StartConfigRulesEvaluation", "config:DescribeConfigRules"]
    )
    def test_refused(self, account: Place, rule: Any, action: str) -> None:
        """The run succeeds all the same."""
        rule(RULE)
        account.aws.deny(action)
        run = succeeded(account.remediate(RULE))
        assert action in run.result["Reevaluation"]
        assert account.standing()["alarms"] != []

    def test_one_of_several_is_refused(self, account: Place, rule: Any) -> None:
        """The others are started all the same."""
        for name in ("abc", "def"):
            rule(f"{PACKED}{name}")
        evaluation.state(ACCOUNT, HOME).running.add(f"{PACKED}abc")
        said = succeeded(account.remediate(RULE)).result["Reevaluation"]
        assert said.startswith(f"not started for {PACKED}abc: ")
        assert "currently being evaluated" in said
        assert said.endswith(f"; started for {PACKED}def")

    def test_not_as_long_as_nobody_listens(self, account: Place, rule: Any) -> None:
        """A run that changed nothing starts none: automatic ones would start each other until AWS
        Config makes an exception, and then never again."""
        rule(RULE)
        for said in ("started for ConfigChanges", "not started: nothing was changed"):
            assert succeeded(account.remediate(RULE)).result["Reevaluation"] == said
        listened(account)
        again = succeeded(account.remediate(RULE)).result
        assert (again["Made"], again["Reevaluation"]) == ([], "started for ConfigChanges")


def test_automatic_runs_leave_attempts(account: Place) -> None:
    """A finding that waits for a subscriber makes no remediation exception, which would keep AWS
    Config from healing what is damaged later."""
    start_recorder(account.aws)
    config = account.client("config")
    put_rule(account.aws, RULE, put_function(account.aws, VERDICTS), **{ACCOUNT: "NON_COMPLIANT"})
    role = account.client("iam").create_role(
        RoleName="healer", AssumeRolePolicyDocument=trust("ssm")
    )["Role"]["Arn"]
    account.client("ssm").create_document(
        Name=RULE, Content=content(RULE), DocumentType="Automation", DocumentFormat="JSON"
    )
    automatic = {
        "ConfigRuleName": RULE,
        "TargetType": "SSM_DOCUMENT",
        "TargetId": RULE,
        "Automatic": True,
        "MaximumAutomaticAttempts": ATTEMPTS,
        "RetryAttemptSeconds": WITHIN,
        "Parameters": {"AutomationAssumeRole": {"StaticValue": {"Values": [role]}}},
    }
    config.put_remediation_configurations(RemediationConfigurations=[automatic])
    config.start_config_rules_evaluation(ConfigRuleNames=[RULE])
    account.aws.settle()
    runs = account.client("ssm").describe_automation_executions()
    assert [
        one["AutomationExecutionStatus"] for one in runs["AutomationExecutionMetadataList"]
    ] == [
        "Success",
        "Success",
    ]
    found = config.describe_remediation_exceptions(ConfigRuleName=RULE)
    assert found["RemediationExceptions"] == []
