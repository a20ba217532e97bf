"""Topic metadata: contracts/kafka-rest-v2.md, cases 34 to 40."""

import pytest

from tests.integration.gateway.running import JSON_V2, V2, RunningGateway


def test_the_root_is_an_empty_object(gateway: RunningGateway) -> None:
    """`GET /` answers `{}`."""
    assert gateway.call("GET", "/").json == {}


def test_the_list_leaves_out_kafka_s_own_topics(gateway: RunningGateway, topic: str) -> None:
    """Case 34."""
    answer = gateway.call("GET", "/prod/topics")
    assert answer.headers["Content-Type"] == V2
    assert topic in answer.json
    assert not [name for name in answer.json if name.startswith("__")]


def test_a_topic_is_described(gateway: RunningGateway, topic: str) -> None:
    """Case 35: name, all configs, partitions with their replicas."""
    described = gateway.call("GET", f"/topics/{topic}").json
    assert list(described) == ["name", "configs", "partitions"]
    assert described["name"] == topic
    assert described["configs"]["cleanup.policy"] == "delete"
    (partition,) = described["partitions"]
    assert partition["replicas"] == [
        {"broker": partition["leader"], "leader": True, "in_sync": True}
    ]


@pytest.mark.parametrize("path", ["", "/partitions", "/partitions/0", "/partitions/0/offsets"])
def test_an_unknown_topic_is_not_created_by_asking(gateway: RunningGateway, path: str) -> None:
    """Case 36."""
    answer = gateway.call("GET", f"/topics/none-such{path}")
    assert (answer.status, answer.json["error_code"]) == (404, 40403)
    assert "none-such" not in gateway.call("GET", "/topics").json


def test_an_unknown_partition(gateway: RunningGateway, topic: str) -> None:
    """Case 37."""
    answer = gateway.call("GET", f"/topics/{topic}/partitions/7")
    assert answer.status == 404
    assert answer.json == {"error_code": 40402, "message": "Partition not found."}


def test_partitions_and_offsets(gateway: RunningGateway, topic: str) -> None:
    """Case 38: the end offset grows by the records that were stored."""
    path = f"/topics/{topic}/partitions"
    assert gateway.call("GET", path).json == [gateway.call("GET", f"{path}/0").json]
    before = gateway.call("GET", f"{path}/0/offsets").json
    gateway.produce(topic, '{"records":[{"value":1},{"value":2}]}')
    assert before == {"beginning_offset": 0, "end_offset": 0}
    after = gateway.call("GET", f"{path}/0/offsets").json
    assert after == {"beginning_offset": 0, "end_offset": 2}


@pytest.mark.parametrize("path", ["/topics", "/topics/x", "/prod/topics/x/partitions/0"])
def test_content_type_and_accept_of_a_get(gateway: RunningGateway, path: str) -> None:
    """A GET may say which type it sends, but not a wrong one; it must be able to read JSON."""
    assert gateway.call("GET", path, content_type="application/json").status == 415
    assert gateway.call("GET", path, accept="text/plain").status == 406
    assert gateway.call("GET", path, content_type=V2, accept=V2).status in {200, 404}


@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH"])
def test_a_wrong_verb_names_the_right_ones(
    gateway: RunningGateway, topic: str, method: str
) -> None:
    """Case 39."""
    answer = gateway.call(method, f"/prod/topics/{topic}")
    assert (answer.status, answer.json["error_code"]) == (405, 405)
    assert answer.json["message"] == "HTTP 405 Method Not Allowed"
    assert set(answer.headers["Allow"].split(", ")) >= {"GET", "POST"}


@pytest.mark.parametrize("path", ["/nothing", "/prod/nothing/at/all", "/topics/a/b/c/d/e"])
def test_an_unknown_path(gateway: RunningGateway, path: str) -> None:
    """Case 40."""
    answer = gateway.call("POST", path, "{}", JSON_V2)
    assert answer.status == 404
    assert answer.json == {"error_code": 404, "message": "HTTP 404 Not Found"}


def test_health_and_metrics(gateway: RunningGateway, topic: str) -> None:
    """Both work with and without a stage; a stored record is counted under its topic."""
    gateway.produce(topic, '{"records":[{"value":1},{"value":2}]}')
    assert gateway.call("GET", "/health").json == {"status": "ok"}
    page = gateway.call("GET", "/prod/metrics").body.decode()
    assert f'gateway_records_total{{outcome="stored",topic="{topic}"}} 2.0' in page
    assert "gateway_inflight_bytes 0.0" in page
