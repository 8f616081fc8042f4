"""Who is notified: a person, a machine, or it is not known."""

from dataclasses import replace

import pytest

from alarmchain.chain.subscription.subscriber import (
    HOSTS,
    Kind,
    Subscriber,
    describe_subscribers,
    tool_host,
)


@pytest.mark.parametrize(
    ("endpoint", "host"),
    [
        ("https://hooks.slack.com/services/T/B/x", "hooks.slack.com"),
        ("https://hooks.slack.com:443/...", "hooks.slack.com"),
        ("https://acme.webhook.office.com/...", "acme.webhook.office.com"),
        ("https://events.EU.pagerduty.com/...", "events.eu.pagerduty.com"),
        ("https://pagerduty.com", "pagerduty.com"),
        ("https://pagerduty.com.", "pagerduty.com"),
        ("http://hooks.slack.com/...", ""),
        ("https://nothooks.slack.com/...", ""),
        ("https://hooks.slack.com.evil.example/...", ""),
        ("https://evilpagerduty.com/...", ""),
        ("https://example.com/hooks.slack.com", ""),
        ("https://hooks.slack.com@example.com/", ""),
        ("https://[not-an-address", ""),
        ("https 1 (redacted)", ""),
        ("", ""),
    ],
)
def test_host(endpoint: str, host: str) -> None:
    """Only an https URL whose host is a known tool, or its subdomain, has a tool's host."""
    assert tool_host(endpoint) == host


def test_hosts_are_names() -> None:
    """Known hosts are different lower-case names with at least two labels."""
    assert len(set(HOSTS)) == len(HOSTS)
    for host in HOSTS:
        assert host == host.lower()
        assert host.count(".") >= 1


@pytest.mark.parametrize(
    ("protocol", "kind"),
    [
        ("email", Kind.PERSON),
        ("email-json", Kind.PERSON),
        ("sms", Kind.PERSON),
        ("sqs", Kind.MACHINE),
        ("lambda", Kind.MACHINE),
        ("firehose", Kind.MACHINE),
        ("application", Kind.MACHINE),
        ("http", Kind.UNKNOWN),
        ("https", Kind.UNKNOWN),
        ("", Kind.UNKNOWN),
        ("new", Kind.UNKNOWN),
    ],
)
def test_protocol(protocol: str, kind: Kind) -> None:
    """Every protocol of SNS has a kind; the kind of any other protocol is unknown."""
    assert Subscriber.read({"Protocol": protocol, "Endpoint": "x"}).kind is kind


def test_describe_subscribers() -> None:
    """People come first, the same subscription counts once."""
    person = Subscriber("arn:1", "email", Kind.PERSON)
    queue = Subscriber("arn:2", "sqs", Kind.MACHINE)
    assert describe_subscribers([]) == ""
    assert describe_subscribers([queue, person, person]) == "a person by email, a subscriber by sqs"
    assert describe_subscribers([queue, Subscriber("arn:4", "sqs", Kind.MACHINE)]) == (
        "2 subscribers by sqs"
    )
    assert (
        describe_subscribers([Subscriber("arn:3", "", Kind.UNKNOWN)])
        == "a subscriber by an unknown protocol"
    )


def test_those_that_were_not_checked() -> None:
    """Unchecked subscriptions are counted separately, unless another chain checked them."""
    person, queue = (
        Subscriber("arn:1", "email", Kind.PERSON),
        Subscriber("arn:2", "sqs", Kind.MACHINE),
    )
    others = [replace(person, arn=f"arn:{number}", checked=False) for number in (1, 3, 4)]
    assert describe_subscribers([person, *others, queue]) == (
        "a person by email, a subscriber by sqs; 2 more subscriptions not checked"
    )
    assert describe_subscribers([person, others[1]]) == (
        "a person by email; 1 more subscription not checked"
    )
