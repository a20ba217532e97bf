"""What the Jobs API refuses, and how (cases J14–J17, J25, section 1.7)."""

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.workspace.app import open_workspace
from tests.support.workspace_api import (
    CLUSTER,
    TOKEN,
    Bench,
    ScriptedExecutor,
    bench,
    bench_settings,
    notebook,
)

OK: dict[str, Any] = {"notebook_task": {"notebook_path": "/ok"}}


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize(
    ("header", "status", "code"),
    [
        ("", 401, "UNAUTHENTICATED"),
        ("Bearer", 401, "UNAUTHENTICATED"),
        ("Digest x", 401, "UNAUTHENTICATED"),
        (_basic("admin", TOKEN), 401, "UNAUTHENTICATED"),
        ("Basic ***", 401, "UNAUTHENTICATED"),
        ("Bearer another", 403, "PERMISSION_DENIED"),
        (_basic("token", "another"), 403, "PERMISSION_DENIED"),
    ],
)
def test_without_the_token_nothing_is_done(
    tmp_path: Path, header: str, status: int, code: str
) -> None:
    """401 without a credential, 403 with another one; both in the API's shape."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            it.client.headers["Authorization"] = header
            answer = await it.post("jobs/runs/submit", status, **OK, **CLUSTER)
            assert answer["error_code"] == code
            assert TOKEN not in answer["message"]
            assert it.workspace.scheduler.context.store.active() == []

    asyncio.run(story())


@pytest.mark.parametrize("header", [f"Bearer {TOKEN}", f"bearer  {TOKEN}", _basic("token", TOKEN)])
def test_the_token_is_taken_as_bearer_and_as_basic(tmp_path: Path, header: str) -> None:
    """An Airflow connection with the login `token` sends Basic."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            it.client.headers["Authorization"] = header
            assert await it.get("jobs/list") == {"jobs": [], "has_more": False}

    asyncio.run(story())


def test_health_needs_no_token_but_a_page_does(tmp_path: Path) -> None:
    """Who has no token gets the login's form in a page's place."""

    async def story() -> None:
        async with bench(tmp_path, token="") as it:
            assert (await it.client.get("/health")).json() == {"status": "ok"}
            form = await it.client.get("/")
            assert (form.status_code, "make status" in form.text) == (401, True)
            answer = await it.client.get("/", params={"token": TOKEN}, follow_redirects=True)
            assert (answer.status_code, "<h1>Runs</h1>" in answer.text) == (200, True)

    asyncio.run(story())


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    ],
)
@pytest.mark.parametrize("path", ["/", "/health", "/api/2.1/clusters/list"])
def test_other_sites_pages_get_nothing(tmp_path: Path, path: str, headers: dict[str, str]) -> None:
    """Not even with the token is a request of a foreign page answered."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            assert (await it.client.get(path, headers=headers)).status_code == 403

    asyncio.run(story())


FIELDS = [
    ({}, "exactly one of notebook_task and spark_python_task is expected"),
    ({**OK}, "One of job_cluster_key, new_cluster or existing_cluster_id must be specified."),
    ({**OK, "existing_cluster_id": "nope"}, "Cluster nope does not exist"),
    ({**OK, "job_cluster_key": "x"}, "job_cluster_key x is not in job_clusters"),
    ({"notebook_task": "text", **CLUSTER}, "notebook_task"),
    ({"notebook_task": {}, **CLUSTER}, "notebook_task.notebook_path is missing"),
    (
        {"notebook_task": {"notebook_path": "/a", "base_parameters": "x"}, **CLUSTER},
        "notebook_task.base_parameters: ",
    ),
    (
        {"notebook_task": {"notebook_path": "/a", "base_parameters": {"k": [1]}}, **CLUSTER},
        "notebook_task.base_parameters.k: ",
    ),
    ({**OK, **CLUSTER, "timeout_seconds": "soon"}, "timeout_seconds: "),
    ({**OK, **CLUSTER, "timeout_seconds": -1}, "timeout_seconds: "),
    ({**OK, **CLUSTER, "idempotency_token": "x" * 65}, "idempotency_token: "),
    ({"spark_jar_task": {"main_class_name": "X"}, **CLUSTER}, "spark_jar_task does not run here"),
    ({"tasks": {}}, "tasks: a list of tasks is expected"),
    ({"tasks": []}, "tasks: "),
    ({"tasks": ["x"]}, "tasks[0]: a map is expected"),
    (
        {"tasks": [notebook("a", "/ok", **CLUSTER), {**OK, **CLUSTER}]},
        "tasks[1].task_key is missing",
    ),
    (
        {"tasks": [notebook("a", "/ok", **CLUSTER), notebook("a", "/ok", **CLUSTER)]},
        "task_key a stands twice",
    ),
    (
        {"tasks": [notebook("a", "/ok", "z", **CLUSTER), notebook("b", "/ok", **CLUSTER)]},
        "depends_on names z",
    ),
    (
        {"tasks": [notebook("a", "/ok", "b", **CLUSTER), notebook("b", "/ok", "a", **CLUSTER)]},
        "in a circle between a, b",
    ),
    (
        {"tasks": [notebook("a", "/ok", **CLUSTER), notebook("../b", "/ok", **CLUSTER)]},
        "task_key '../b' must be",
    ),
    ({"tasks": [notebook("a", "/ok", **CLUSTER, run_if="SOMETIMES")]}, "tasks[0].run_if: "),
]


def test_every_field_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    """400 INVALID_PARAMETER_VALUE, and no run is made."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            for fields, expected in FIELDS:
                answer = await it.post("jobs/runs/submit", 400, **fields)
                assert answer["error_code"] == "INVALID_PARAMETER_VALUE"
                assert expected in answer["message"]
            assert (await it.get("jobs/runs/list"))["runs"] == []

    asyncio.run(story())


@pytest.mark.parametrize(
    "body", [b"{", b"[1]", b'"x"', b'{"a": NaN}', b"\xff", b'{"a": "\\ud800"}', b"[" * 100_000]
)
def test_a_body_that_is_no_json_object_is_malformed(tmp_path: Path, body: bytes) -> None:
    """400 MALFORMED_REQUEST, in the API's shape."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            response = await it.client.post("/api/2.2/jobs/runs/submit", content=body)
            assert response.status_code == 400
            assert response.json()["error_code"] == "MALFORMED_REQUEST"

    asyncio.run(story())


async def _code(it: Bench, method: str, path: str, **fields: Any) -> tuple[int, str]:
    response = await it.client.request(method, f"/api/{path}", json=fields)
    return response.status_code, response.json().get("error_code", "")


def test_what_does_not_exist_is_told_in_the_apis_codes(tmp_path: Path) -> None:
    """An unknown run is 404, an unknown job or cluster 400, as Airflow and the SDK expect."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            unknown = (404, "RESOURCE_DOES_NOT_EXIST")
            wrong = (400, "INVALID_PARAMETER_VALUE")
            nowhere = (404, "ENDPOINT_NOT_FOUND")
            for call in ("get", "get-output"):
                assert await _code(it, "GET", f"2.2/jobs/runs/{call}", run_id=9) == unknown
            for call in ("cancel", "delete", "repair"):
                assert await _code(it, "POST", f"2.2/jobs/runs/{call}", run_id="9") == unknown
            assert await _code(it, "GET", "2.2/jobs/runs/get", run_id="x") == wrong
            assert await _code(it, "GET", "2.2/jobs/runs/get") == wrong
            for call in ("run-now", "reset", "update", "delete"):
                assert await _code(it, "POST", f"2.1/jobs/{call}", job_id=9) == wrong
            assert await _code(it, "GET", "2.1/clusters/get", cluster_id="nope") == wrong
            assert await _code(it, "GET", "2.2/jobs/nothing") == nowhere
            assert await _code(it, "GET", "2.2/jobs/create") == nowhere
            assert await _code(it, "GET", "9.9/jobs/list") == nowhere
            assert await _code(it, "GET", "2.0/repos") == nowhere
            assert await _code(it, "POST", "2.0/sql/statements") == (501, "NOT_IMPLEMENTED")
            assert await _code(it, "GET", "2.2/jobs/runs/export", run_id=1) == (
                501,
                "NOT_IMPLEMENTED",
            )

    asyncio.run(story())


def test_get_reads_its_fields_from_a_body_as_well_as_from_the_query(tmp_path: Path) -> None:
    """Deferrable operators send GET with JSON and no query."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            run_id = await it.submit("/ok")
            for version in ("2.0", "2.1", "2.2"):
                path = f"/api/{version}/jobs/runs/get"
                by_body = await it.client.request("GET", path, json={"run_id": str(run_id)})
                by_query = await it.client.get(path, params={"run_id": run_id})
                assert by_body.json()["run_id"] == by_query.json()["run_id"] == run_id

    asyncio.run(story())


def test_without_spark_no_run_is_made(tmp_path: Path) -> None:
    """503 before anything is committed, so that the provider may ask again; the cluster is TERMINATED."""

    async def story() -> None:
        async with bench(tmp_path, spark_port=1) as it:
            answer = await it.post("jobs/runs/submit", 503, **OK, **CLUSTER)
            assert answer["error_code"] == "TEMPORARILY_UNAVAILABLE"
            assert "make up" in answer["message"]
            assert (await it.get("jobs/runs/list"))["runs"] == []
            cluster = await it.get("clusters/get", cluster_id="1121-000000-pincloud")
            assert cluster["state"] == "TERMINATED"
            assert cluster["state_message"]

    asyncio.run(story())


def test_an_active_run_can_neither_be_deleted_nor_repaired(tmp_path: Path) -> None:
    """400 INVALID_STATE; what is asked for once it has ended is done."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            run_id = await it.submit("/wait")
            assert (await it.post("jobs/runs/delete", 400, run_id=run_id))["error_code"] == (
                "INVALID_STATE"
            )
            asked = {"run_id": run_id, "rerun_all_failed_tasks": True}
            assert "is active" in (await it.post("jobs/runs/repair", 400, **asked))["message"]
            await it.post("jobs/runs/cancel", run_id=run_id)
            await it.ended(run_id)
            await it.post("jobs/runs/delete", run_id=run_id)
            await it.get("jobs/runs/get", 404, run_id=run_id)

    asyncio.run(story())


def test_a_fault_of_ours_is_told_without_its_inside(tmp_path: Path) -> None:
    """500 in the API's shape; the log has the rest."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            it.workspace.scheduler.submit = None  # type: ignore[method-assign, assignment]
            answer = await it.post("jobs/runs/submit", 500, **OK, **CLUSTER)
            assert answer["error_code"] == "INTERNAL_ERROR"
            assert "TypeError" in answer["message"]

    asyncio.run(story())


def test_a_hostile_name_stays_in_the_folder_of_its_run(tmp_path: Path) -> None:
    """A sole task is named by the run, and the kernel names a file by the task."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            run = await it.ended(await it.submit("/ok", run_name="../../x/é"))
            assert run["tasks"][0]["task_key"] == "../../x/é"
            assert it.executor.launches[0].task_key == ".._.._x__"

    asyncio.run(story())


def test_the_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    """Parameters may hold secrets."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            await it.ended(await it.submit("/ok"))
            kept = [file for file in tmp_path.rglob("*.json") if file.is_file()]
            assert kept
            assert {oct(file.stat().st_mode & 0o077) for file in kept} == {"0o0"}
            assert json.loads(kept[0].read_text())

    asyncio.run(story())


def test_the_pages_answer_to_the_name_in_the_workspaces_own_address(tmp_path: Path) -> None:
    """In Compose it has a name of its own."""

    async def story() -> None:
        settings = bench_settings(tmp_path, 1, workspace_url="http://workspace:8070")
        transport = httpx.ASGITransport(open_workspace(settings, ScriptedExecutor()).app)
        async with httpx.AsyncClient(transport=transport, base_url="http://workspace:8070") as it:
            assert (await it.get("/health")).status_code == 200

    asyncio.run(story())
