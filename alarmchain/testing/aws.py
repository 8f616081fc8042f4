"""Answer boto3's calls from an account's data, so that everything above botocore is real."""

import copy
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

Answer = dict[str, Any]


class FakeAws:
    """One region of one account. PutEvaluations is the only write; its items are kept.

    `answerer` replaces `botocore.client.BaseClient._make_api_call`. It raises ClientError if AWS
    would, and for the IAM actions that the account lists under `denied`.
    """

    def __init__(self, account: Mapping[str, Any]) -> None:
        self._account = account
        self.evaluations: list[dict[str, Any]] = []

    @property
    def answerer(self) -> Callable[[Any, str, Mapping[str, Any]], Answer]:
        """Return a function of (client, operation, request) that replaces botocore's own method."""
        # A bound method would not receive the client.
        return lambda client, operation, request: self._call(client, operation, request)

    def _call(self, client: Any, operation: str, request: Mapping[str, Any]) -> Answer:
        service = client.meta.service_model.signing_name.replace("monitoring", "cloudwatch")
        if (action := f"{service}:{operation}") in self._account["denied"]:
            raise _error("AccessDenied", f"not authorized to perform: {action}", operation)
        answers = {
            "DescribeAlarms": self._alarms,
            "DescribeAlarmsForMetric": self._alarms_for_metric,
            "DescribeLogGroups": self._log_groups,
            "DescribeMetricFilters": self._metric_filters,
            "DescribeOrganization": self._organization,
            "DescribeTrails": self._trails,
            "GetEventSelectors": self._selectors,
            "GetSubscriptionAttributes": self._subscription,
            "GetTopicAttributes": self._topic,
            "GetTrailStatus": self._trail_status,
            "ListAlarmMuteRules": self._mute_rules,
            "ListLinks": lambda request: {"Items": []},
            "ListSubscriptionsByTopic": self._subscriptions,
            "PutEvaluations": self._put_evaluations,
        }
        if operation not in answers:
            raise NotImplementedError(f"{action} is not answered in tests of rules")
        return copy.deepcopy(answers[operation](request))

    def _organization(self, request: Mapping[str, Any]) -> Answer:
        raise _error("AWSOrganizationsNotInUseException", "in no organization", "organization")

    def _trails(self, request: Mapping[str, Any]) -> Answer:
        other_reads = {"Status", "EventSelectors"}
        trails = self._account["trails"]
        return {"trailList": [{k: v for k, v in t.items() if k not in other_reads} for t in trails]}

    def _trail_status(self, request: Mapping[str, Any]) -> Answer:
        status: Answer = self._item("trails", "TrailARN", request["Name"])["Status"]
        return status

    def _selectors(self, request: Mapping[str, Any]) -> Answer:
        trail = self._item("trails", "TrailARN", request["TrailName"])
        return {"TrailARN": trail["TrailARN"], "EventSelectors": trail["EventSelectors"]}

    def _log_groups(self, request: Mapping[str, Any]) -> Answer:
        prefix = request.get("logGroupNamePrefix", "")
        groups = self._account["log_groups"]
        return {
            "logGroups": [group for group in groups if group["logGroupName"].startswith(prefix)]
        }

    def _metric_filters(self, request: Mapping[str, Any]) -> Answer:
        group = request.get("logGroupName")
        metric = (request.get("metricNamespace"), request.get("metricName"))
        filters = [
            item
            for item in self._account["metric_filters"]
            if group in (None, item["logGroupName"])
            and (
                metric == (None, None)
                or metric
                in [(t["metricNamespace"], t["metricName"]) for t in item["metricTransformations"]]
            )
        ]
        return {"metricFilters": filters}

    def _alarms_for_metric(self, request: Mapping[str, Any]) -> Answer:
        alarms = [
            alarm
            for alarm in self._account["metric_alarms"]
            if (alarm["Namespace"], alarm["MetricName"])
            == (request["Namespace"], request["MetricName"])
            and alarm["Dimensions"] == request.get("Dimensions", [])
        ]
        return {"MetricAlarms": alarms}

    def _alarms(self, request: Mapping[str, Any]) -> Answer:
        names = request.get("AlarmNames")
        alarms = self._account["metric_alarms"]
        return {
            "MetricAlarms": [a for a in alarms if names is None or a["AlarmName"] in names],
            "CompositeAlarms": [],
        }

    def _mute_rules(self, request: Mapping[str, Any]) -> Answer:
        return {"AlarmMuteRuleSummaries": []}

    def _topic(self, request: Mapping[str, Any]) -> Answer:
        return {"Attributes": self._item("topics", "TopicArn", request["TopicArn"])["Attributes"]}

    def _subscriptions(self, request: Mapping[str, Any]) -> Answer:
        topic = self._item("topics", "TopicArn", request["TopicArn"])
        return {
            "Subscriptions": [
                {key: value for key, value in subscription.items() if key != "Attributes"}
                for subscription in topic["Subscriptions"]
            ]
        }

    def _subscription(self, request: Mapping[str, Any]) -> Answer:
        arn = request["SubscriptionArn"]
        for topic in self._account["topics"]:
            for subscription in topic["Subscriptions"]:
                if subscription["SubscriptionArn"] == arn:
                    return {"Attributes": subscription["Attributes"]}
        raise _error("NotFound", arn, "GetSubscriptionAttributes")

    def _put_evaluations(self, request: Mapping[str, Any]) -> Answer:
        self.evaluations += request["Evaluations"]
        return {"FailedEvaluations": []}

    def _item(self, collection: str, key: str, value: str) -> Mapping[str, Any]:
        items: list[Mapping[str, Any]] = self._account[collection]
        for item in items:
            if item[key] == value:
                return item
        raise _error("NotFound", f"{value} does not exist", collection)


def _error(code: str, message: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)
