"""Which hosts are rented ones."""

import pytest

from services.reroute.injected.pincloud_reroute.hosts import is_api, is_rds
from services.reroute.injected.pincloud_reroute.patches.kafka import is_msk
from services.reroute.injected.pincloud_reroute.process_context import ProcessContext


@pytest.mark.parametrize(
    ("host", "port", "ours"),
    [
        ("abc123.execute-api.us-east-1.amazonaws.com", 443, True),
        ("ABC123.Execute-API.eu-west-2.amazonaws.com", None, True),
        ("abc123.execute-api.cn-north-1.amazonaws.com.cn", 443, True),
        ("ec2-54-1-2-3.compute-1.amazonaws.com", 8082, True),
        ("ec2-54-1-2-3.eu-west-1.compute.amazonaws.com", 8082, True),
        ("ec2-54-1-2-3.compute-1.amazonaws.com", 443, False),
        ("abc123.execute-api.us-east-1.amazonaws.com.evil.org", 443, False),
        ("execute-api.us-east-1.amazonaws.com", 443, False),
        ("example.org", 443, False),
    ],
)
def test_only_hosts_of_api_gateway_and_the_rest_proxy_are_rerouted(
    host: str, port: int | None, *, ours: bool
) -> None:
    """Anything else is left alone, however alike it looks."""
    assert is_api(host, port) is ours


def test_the_local_gateway_itself_is_reached_through_the_proxy(context: ProcessContext) -> None:
    """Posts of a script that names it are counted too; its neighbours are left alone."""
    assert context.is_gateway("127.0.0.1", 18082)
    assert not context.is_gateway("127.0.0.1", 18083)
    assert not context.is_gateway(None, None)


def test_what_was_rerouted_is_said_once_a_host(
    context: ProcessContext, capsys: pytest.CaptureFixture[str]
) -> None:
    """Among all processes of the run, and without the host's control characters."""
    other = ProcessContext(context.configuration)
    for each in (context, other, context):
        each.is_gateway("abc.execute-api.us-east-1.amazonaws.com", 443)
    context.say("odd\x1b[31m host", key="odd")
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert "abc.execute-api" in said[0]
    assert "\x1b" not in said[1]


@pytest.mark.parametrize(
    ("host", "rds"),
    [
        ("pinterestdb.abc.eu-west-1.rds.amazonaws.com", True),
        ("rds.amazonaws.com", False),
        ("db.example.org", False),
    ],
)
def test_databases_of_rds_are_known_by_their_names(host: str, *, rds: bool) -> None:
    """So that no name has to be resolved."""
    assert is_rds(host) is rds


@pytest.mark.parametrize(
    ("servers", "msk"),
    [
        ("b-1.c.x1.c2.kafka.us-east-1.amazonaws.com:9098,b-2.c.x1.c2.kafka.us-east-1.amazonaws.com", True),
        (["b-1.c.x1.c2.kafka.us-east-1.amazonaws.com:9098"], True),
        ("localhost:9092", False),
        (None, False),
    ],
)  # fmt: skip
def test_brokers_of_msk_are_known_in_every_form_of_a_list(servers: object, *, msk: bool) -> None:
    """Text with commas, a list, or nothing at all."""
    assert is_msk(servers) is msk
