"""Scripts typical of the course, unchanged, against the local cloud."""

import signal
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from services.records.journal_line import StreamAcked, TopicAcked, TopicRejected
from services.records.layer import Layer
from tests.integration.gateway.running import RunningGateway
from tests.integration.reroute.course import Course
from tests.support.polling import eventually

Logged = Callable[[str], list[Any]]


def test_a_script_with_a_literal_url_and_an_engine_a_turn_posts_the_courses_rows(
    course: Course, logged: Logged
) -> None:
    """It is ended after as many posts as were asked for, and each is in the log and in the journal."""
    code, out, err = course.run("literal_url", "--max-requests", "20", "--fast")
    assert code == 0, err
    assert out[::3] == [f"200 {ind}" for ind in (7528, 2863, 5730, 8304, 8731, 1313, 4315)]
    assert Counter(line.table for line in course.lines(Layer.BATCH)) == {
        "pin": 7,
        "geo": 7,
        "user": 6,
    }
    for table, key in (("pin", "index"), ("geo", "ind"), ("user", "ind")):
        acked = [(line.offset, line.ind) for line in course.lines(Layer.BATCH)
                 if isinstance(line, TopicAcked) and line.table == table]  # fmt: skip
        assert acked == list(enumerate(value[key] for value in logged(table)))
    assert err.count("execute-api") == err.count("rds.amazonaws.com") == 1
    assert "20 posts acked" in err


def test_yaml_files_that_are_missing_are_offered_for_database_and_api(
    course: Course, logged: Logged
) -> None:
    """In the sections that the script asks for; its folder stays as it was."""
    code, out, err = course.run("yaml_missing")
    assert (code, out) == (0, ["True", "True"]), err
    assert len(logged("geo")) == 2
    assert [file.name for file in course.folder.iterdir()] == ["yaml_missing.py"]
    assert "db_creds.yaml is missing" in err
    assert "api.yml is missing" in err


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("dotenv_missing", "True https://abc123.execute-api"),
        ("decouple_missing", "11154"),
        ("module_missing", "11154 us-east-1"),
        ("example_beside", "11154 keep"),
    ],
)
def test_missing_credentials_are_offered_in_their_other_forms(
    script: str, said: str, course: Course
) -> None:
    """.env for dotenv and for decouple, a module, and a file whose example lies beside it."""
    example = course.folder / "login.example.json"
    if script == "example_beside":
        example.write_text('{"source": {"host": "x", "user": "x", "password": "x",\n'
                           '"name": "x",\n"database": "x", "port": 1},\n"comment": "keep"}')  # fmt: skip
    code, out, err = course.run(script)
    assert code == 0, err
    assert "".join(out).startswith(said)
    assert "is missing: offered with local values" in err


def test_dates_in_every_spelling_go_through_the_streams(course: Course) -> None:
    """The speed layer's journal has their shards and sequence numbers."""
    code, out, err = course.run("streaming")
    assert code == 0, err
    assert out == ["200 ['SequenceNumber', 'ShardId']"] * 5
    lines = course.lines(Layer.SPEED)
    assert [line.ind for line in lines] == [0, 1, 2, 3, 4]
    assert all(isinstance(line, StreamAcked) for line in lines)


def test_streams_that_nobody_has_made_are_made_at_their_first_use(
    course: Course, gateway: RunningGateway
) -> None:
    """By the gateway's route and by boto3, said once each; the gateway itself refuses such a stream."""
    code, out, err = course.run("shared_streams")
    assert (code, out) == (0, ["200", "200", "2"]), err
    user = course.settings.user_id
    for name in (f"Kinesis-Prod-{user}", f"Other-{user}"):
        assert err.count(f"made the stream {name}, which did not exist") == 1
    body = {"Data": {}, "PartitionKey": "pin"}
    assert b"ResourceNotFoundException" in gateway.put(f"Typo-{user}/record", body).body


def test_a_script_whose_every_post_is_refused_is_told_what_the_cloud_would_have_said(
    course: Course,
) -> None:
    """What it sent where, for which host, what the answer was, and what to change."""
    code, out, err = course.run("refused")
    assert (code, out) == (0, ["404", "404", "415", "422"]), err
    user, said = course.settings.user_id, err.replace("\n", " ")
    assert f"POST /prod/topic/{user}.pin (meant for abc123.execute-api.us-east-1" in said
    for cause in ("404 of the Kafka REST proxy, or 403 Missing Authentication Token",
                  "404 with error code 40403", "415 Unsupported Media", "422 Unprocessable"):  # fmt: skip
        assert f"The cloud would have said {cause}" in said
    assert 'Send json.dumps({"records": [{"value": {…}}]})' in said
    assert "vnd.kafka.json.v2+json." in said


def test_every_http_library_reaches_the_gateway(course: Course, logged: Logged) -> None:
    """http.client, urllib, urllib3, requests, httpx and aiohttp, also where a proxy is set."""
    course.environment["HTTPS_PROXY"] = "http://127.0.0.1:9"
    code, out, err = course.run("clients")
    assert code == 0, err
    assert [line.split()[-1] for line in out[:5]] == ["200"] * 5
    assert out[5] == "aiohttp 200 0"
    assert sorted(value["index"] for value in logged("pin")) == [1, 2, 3, 4, 5, 6]


def test_s3_kinesis_and_brokers_are_the_local_ones(
    course: Course, gateway: RunningGateway, logged: Logged
) -> None:
    """Whatever keys, regions and security settings the script has."""
    gateway.create_topic(f"{course.settings.user_id}.user")
    code, out, err = course.run("amazon")
    assert (code, out) == (0, ["b'hello'", "True", "True", "0"]), err
    assert sorted(value["ind"] for value in logged("user")) == [1, 2]


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_all_processes_of_a_script_end_after_so_many_posts_together(
    method: str, course: Course, logged: Logged
) -> None:
    """Their finally blocks run, and they end as a success."""
    code, out, err = course.run("processes", "--max-requests", "7", "--fast", arguments=(method,))
    assert code == 0, err
    assert sorted(out) == ["[0, 0, 0]", *(f"process {n} has cleaned up" for n in range(3))]
    assert len(logged("pin")) == 7


@pytest.mark.parametrize("script", ["threads", "coroutines"])
def test_what_posts_side_by_side_in_one_process_ends_together(
    script: str, course: Course, logged: Logged
) -> None:
    """Threads, with a main thread that only waits for them; coroutines of two libraries."""
    code, out, err = course.run(script, "--max-requests", "9", "--fast")
    assert (code, out) == (0, ["cleaned up"]), err
    assert "Traceback" not in err
    assert len(logged("pin")) == 9


def test_what_newer_libraries_took_away_goes_on_working_together(
    course: Course, logged: Logged
) -> None:
    """SQLAlchemy 1, PyYAML 5, urllib3 1, an AWS profile that is not here, and Python 3.7's own."""
    code, out, err = course.run("removed_apis")
    assert code == 0, err
    assert out == ["200 0", "200 1", "3 True", "http geolocation_data"]
    assert len(logged("pin")) == 2
    for gone in (
        "yaml.load without",
        "collections.Mapping",
        "method_whitelist",
        "profile pinterest",
    ):
        assert err.count(gone) == 1


def test_a_script_that_raises_keeps_its_traceback_and_its_exit_code(course: Course) -> None:
    """Standard input is its own; what was refused is counted with the reason."""
    code, out, err = course.run("raises", typed="hello\nworld\n")
    assert (code, out) == (1, ["200 hello", "415 world"])
    assert "ValueError: the course ends here" in err
    assert "HTTP 415" in err
    acked, rejected = course.lines(Layer.BATCH)
    assert isinstance(acked, TopicAcked)
    assert isinstance(rejected, TopicRejected)


def test_a_signal_to_the_command_ends_the_script(course: Course) -> None:
    """What was posted until then is accounted for."""
    process = course.start("threads")
    eventually("a post", lambda: len(course.lines(Layer.BATCH)) > 0)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 128 + signal.SIGTERM
    assert f"pincloud: {len(course.lines(Layer.BATCH))} post" in err.replace(",", "")


def test_without_a_gateway_nothing_is_started(course: Course) -> None:
    """And the message says what to do."""
    course.environment["GATEWAY_URL"] = "http://127.0.0.1:9"
    code, out, err = course.run("streaming")
    assert (code, out) == (1, [])
    assert "make up" in err


def test_configuration_that_was_never_committed_is_answered_then_written_then_edited(
    course: Course, logged: Logged
) -> None:
    """Seven files in six formats, whose one key that says nothing ends the run with the command that writes it."""
    (course.folder / ".git").mkdir()
    code, out, err = course.run("configuration_missing")
    assert (code, out) == (1, []), err
    assert [len(logged(table)) for table in ("pin", "geo", "user")] == [2, 1, 1]
    assert [line.ind for line in course.lines(Layer.SPEED)] == [7528]
    script = course.folder / "configuration_missing.py"
    assert (
        f"paint.colour of pipeline.yml cannot be guessed. `make run SCRIPT={script} WRITE_CONFIG=1`"
        in err
    )
    assert {file.name for file in course.folder.iterdir()} == {".git", script.name}

    code, _, err = course.run("configuration_missing", "--write-config")
    assert code == 0, err
    first = {"settings_private.py", ".env", "config/pipeline.yml", "config/database.yaml"}
    assert all((course.folder / name).stat().st_mode & 0o777 == 0o600 for name in first), err
    assert "then: make run SCRIPT=" in err
    assert len(logged("pin")) == 2

    pipeline = course.folder / "config" / "pipeline.yml"
    pipeline.write_text(pipeline.read_text().replace("FILL_IN", "blue"))
    code, out, err = course.run("configuration_missing")
    assert (code, out) == (0, ["127.0.0.1 True blue"]), err
    assert len(logged("pin")) == 4
