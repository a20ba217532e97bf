"""Who gets into Spark: its Connect server and its UI, on the real thing."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import httpx
import psutil
import pytest
from pydantic import SecretStr
from pyspark.sql import DataFrame, SparkSession

from services import spark_connect
from services.checkout.environment import inherited
from services.free_ports import free_port
from services.settings import HOST, PROJECT_ROOT, Settings
from services.spark_server.access import between_processes
from services.spark_ui.jws import secret_key
from services.stack.native.scratch import ScratchStack
from spark_jobs.session import SparkUnreachableError, connect, session
from tests.support.polling import eventually

SERVICE = "/spark.connect.SparkConnectService/"
CALLS = {
    "AnalyzePlan": "unary_unary",
    "Config": "unary_unary",
    "ExecutePlan": "unary_stream",
    "ReattachExecute": "unary_stream",
    "ReleaseExecute": "unary_unary",
    "Interrupt": "unary_unary",
    "ReleaseSession": "unary_unary",
    "FetchErrorDetails": "unary_unary",
    "ArtifactStatus": "unary_unary",
    "AddArtifacts": "stream_unary",
}
"""Method of Spark Connect → how gRPC calls it."""

NOBODY = 65534


@pytest.mark.parametrize("token", ["", "Bearer wrong"])
@pytest.mark.parametrize("method", CALLS)
def test_no_call_is_answered_without_the_token(
    spark_infra: Settings, method: str, token: str
) -> None:
    """Whatever it would do: the server runs any code that it is sent."""
    metadata = (("authorization", token),) if token else ()
    with grpc.insecure_channel(spark_connect.target(spark_infra)) as channel:
        call: Callable[..., Any] = getattr(channel, CALLS[method])(SERVICE + method)
        with pytest.raises(grpc.RpcError) as refused:
            _answer(call, metadata, CALLS[method])
    assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED


def _answer(call: Callable[..., Any], metadata: Any, kind: str) -> None:
    sent = iter([b""]) if kind.startswith("stream") else b""
    answer = call(sent, timeout=20, metadata=metadata)
    if kind.endswith("stream"):
        next(answer)


def test_a_wrong_token_is_told_with_what_to_do(spark_infra: Settings) -> None:
    """As after a change of .env beside a server that runs."""
    wrong = spark_infra.model_copy(update={"spark_token": SecretStr("wrong")})
    with pytest.raises(
        SparkUnreachableError, match=r"does not take this SPARK_TOKEN.*make restart"
    ):
        connect(wrong)


def test_sparks_own_way_to_give_a_token_works_too(spark_infra: Settings) -> None:
    """`sc://localhost:…/;token=…`, for tools and scripts of one's own."""
    token = spark_infra.spark_token.get_secret_value()
    remote = f"sc://localhost:{spark_infra.spark_port}/;token={token}"
    own = SparkSession.builder.remote(remote).create()
    try:
        assert own.range(3).count() == 3
    finally:
        own.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_user_of_the_machine_learns_no_token(infra_stack: ScratchStack) -> None:
    """Neither from a file of the stack's nor from a command line; and without one nothing is executed."""
    settings = infra_stack.settings
    secrets = [
        settings.spark_token.get_secret_value(),
        secret_key(settings),
        between_processes(settings)["spark.authenticate.secret"],
    ]
    lines = [
        " ".join(process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"])
    ]
    assert not [line for line in lines if any(secret in line for secret in secrets)]
    folder = infra_stack.layout.state.parent
    grep = ["grep", "-rlsF", *(f"--regexp={secret}" for secret in secrets), str(folder)]
    as_nobody = subprocess.run(grep, check=False, capture_output=True, text=True, user=NOBODY)
    assert as_nobody.stdout == ""


@pytest.fixture(scope="module")
def door(spark_infra: Settings, infra_stack: ScratchStack) -> Iterator[str]:
    """Address of the real door before the real UI."""
    port = free_port()
    environment = {**inherited(), **infra_stack.environment, "SPARK_UI_PORT": str(port)}
    command = [sys.executable, "-m", "services.spark_ui"]
    with subprocess.Popen(command, cwd=PROJECT_ROOT, env=environment) as process:
        url = f"http://{HOST}:{port}"
        eventually("the door", lambda: _answers(f"{url}/health"))
        yield url
        process.terminate()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).is_success
    except httpx.TransportError:
        return False


def test_sparks_own_port_shows_nothing(spark_infra: Settings) -> None:
    """Not to the door's token either, which is not the signature that its filter takes."""
    token = spark_infra.spark_token.get_secret_value()
    url = f"http://{HOST}:{spark_infra.spark_ui_backend_port}"
    for path in ("/jobs/", "/api/v1/applications", "/static/webui.css", "/metrics/json/"):
        assert httpx.get(url + path).status_code == 403, path
        headers = {"Authorization": f"Bearer {token}"}
        assert httpx.get(url + path, headers=headers).status_code == 403, path


def test_who_is_logged_in_sees_the_ui_and_no_secret(door: str, spark_infra: Settings) -> None:
    """Pages, their files and the API; the page of the configuration has no token in it."""
    token = spark_infra.spark_token.get_secret_value()
    assert httpx.get(f"{door}/jobs/").status_code == 401
    with httpx.Client(base_url=door, follow_redirects=True) as browser:
        assert "Spark Jobs" in browser.get("/", params={"token": token}).text
        assert browser.get("/static/webui.css").headers["content-type"].startswith("text/css")
        application = browser.get("/api/v1/applications").json()[0]["id"]
        shown = browser.get(f"/api/v1/applications/{application}/environment").text
        shown += browser.get("/environment/").text
    assert "redacted" in shown
    secrets = {token, secret_key(spark_infra)} | {*between_processes(spark_infra).values()} - {
        "true"
    }
    assert not [secret for secret in secrets if secret in shown]


def test_no_link_ends_a_job(door: str, spark_infra: Settings) -> None:
    """An image of a page could name it: not without the login, and not with it."""
    headers = {"Authorization": f"Bearer {spark_infra.spark_token.get_secret_value()}"}
    with session(spark_infra) as spark:
        query = spark.readStream.format("rate").load().writeStream.format("noop").start()
        try:
            eventually("a batch", lambda: query.lastProgress is not None)
            for path in ("/jobs/job/kill/?id=0", "/stages/stage/kill/?id=0"):
                assert httpx.get(door + path).status_code == 401
                assert httpx.get(door + path, headers=headers).status_code in {302, 404}
            assert "kill" not in httpx.get(f"{door}/jobs/", headers=headers).text.lower()
            assert query.isActive
        finally:
            query.stop()


def _read(frame: DataFrame, _: int) -> None:
    frame.count()


def test_a_streaming_query_leaves_no_token_in_the_log(
    spark_infra: Settings, infra_stack: ScratchStack
) -> None:
    """PySpark's worker prints the address that it comes by."""
    log = infra_stack.layout.log("spark")
    with session(spark_infra) as spark:
        rates = spark.readStream.format("rate").load()
        query = rates.writeStream.foreachBatch(_read).start()
        try:
            eventually("two batches", lambda: len(query.recentProgress) > 1)
        finally:
            query.stop()
    text = log.read_text(encoding="utf-8", errors="replace")
    assert "ForeachBatch worker is starting" in text
    assert spark_infra.spark_token.get_secret_value() not in text
