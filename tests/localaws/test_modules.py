"""moto's list of services is read once."""

from moto import backends

from localaws import modules
from localaws.server import LocalAws


def test_it_is_motos_own(local_aws: LocalAws) -> None:
    """The list has the same names, and a second installation changes nothing."""
    known = backends.list_of_moto_modules
    modules.install()
    assert backends.list_of_moto_modules is known
    assert {"sns", "logs", "cloudwatch", "cloudtrail"} <= set(known())
    assert known() == tuple(sorted(known()))
