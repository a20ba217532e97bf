"""The real batch on real objects: what lands, what is set aside, and what a repetition changes."""

import base64
import json
from typing import Any

import pytest
from deltalake import DeltaTable
from pyspark.sql import SparkSession

from services.aws import s3_client
from services.settings import Settings
from services.tables import GEO, PIN, TABLES, USER, Table
from spark_jobs import parse, progress
from spark_jobs.answers import answer
from spark_jobs.batch import run
from spark_jobs.batch.bronze import advance, append, ingest, read_lines
from spark_jobs.batch.objects import ObjectStore
from spark_jobs.batch.silver import merge, new_lines, newest, refine, set_aside
from spark_jobs.lake import answer_path, tier
from spark_jobs.serving.answer_tables import silver_versions
from spark_jobs.serving.questions import QUESTIONS
from spark_jobs.serving.views import NothingYetError
from tests.support.times import MOMENTS, as_posted

from .conftest import Sink


def _read(spark: SparkSession, path: Any) -> list[Any]:
    return list(spark.read.format("delta").load(str(path)).collect())


def _versions(settings: Settings) -> dict[str, int]:
    places = [tier(settings, table) for table in TABLES]
    paths = [path for p in places for path in (p.bronze, p.silver, p.quarantine)]
    paths += [answer_path(settings.lake, question) for question in QUESTIONS]
    return {str(p): h[0][0] for p in paths if (h := progress.history(p, 1))}


def _wrapped(raw: bytes) -> str:
    return json.dumps({"_base64": base64.b64encode(raw).decode()})


def test_times_are_the_moments_that_the_page_says(
    spark: SparkSession, mine: Settings, sink: Sink
) -> None:
    """Every form of docs/times.md, in silver."""
    texts = enumerate(map(as_posted, MOMENTS))
    sink.rows(USER, 0, ({"ind": ind, "date_joined": text} for ind, text in texts))
    run.run(mine)
    rows = DeltaTable(str(tier(mine, USER).silver)).to_pyarrow_table().to_pylist()
    assert {row["ind"]: row["date_joined"] for row in rows} == dict(enumerate(MOMENTS.values()))


BAD: dict[str, tuple[str, bytes | None]] = {
    _wrapped(b'{"ind": NaN}'): (parse.NOT_JSON, b'{"ind": NaN}'),
    _wrapped(b"\xff\xfe"): (parse.NOT_JSON, b"\xff\xfe"),
    _wrapped(b""): (parse.NOT_JSON, b""),
    '{"ind":1,"country":' + "[" * 5000 + "]" * 5000 + "}": (parse.NOT_JSON, None),
    "[" * 5000 + "]" * 5000: (parse.NOT_JSON, None),
    "broken": (parse.NOT_JSON, None),
    '{"ind":NaN}': (parse.NOT_JSON, None),
    "": (parse.NOT_JSON, None),
    "null": (parse.NOT_OBJECT, None),
    "12": (parse.NOT_OBJECT, None),
    '"text"': (parse.NOT_OBJECT, None),
    "[1]": (parse.NOT_OBJECT, None),
    "{}": (parse.EMPTY, None),
    '{"country":"Albania"}': (parse.NO_KEY, None),
    '{"ind":null}': (parse.NO_KEY, None),
    '{"ind":""}': (parse.BAD_KEY, None),
    '{"ind":-1}': (parse.BAD_KEY + "-1", None),
    '{"ind":1.5}': (parse.BAD_KEY + "1.5", None),
    '{"ind":2147483648}': (parse.BAD_KEY + "2147483648", None),
    '{"ind":' + "9" * 30 + "}": (parse.BAD_KEY + "9" * 30, None),
    '{"ind":{"a":1}}': (parse.BAD_KEY + '{"a":1}', None),
    '{"ind":1,"ind":2}': (parse.DUPLICATE + "ind", None),
    '{"ind":1,"b":2,"a":3}': (parse.UNKNOWN + "a, b", None),
    '{"ind":1,"_base64":"eA=="}': (parse.UNKNOWN + "_base64", None),
    '{"_base64":"no base64!"}': (parse.UNKNOWN + "_base64", None),
}


def test_bad_records(spark: SparkSession, mine: Settings, sink: Sink) -> None:
    """Each bad record is set aside with its bytes, its origin and the reason; neighbours land."""
    lines = list(BAD)
    good = '{"ind":%d,"country":"Åland 🧁","latitude":"\\ud800"}'
    sink.write(GEO, 0, (line for n, bad in enumerate(lines) for line in (bad, good % n)))

    done = run.run(mine, [GEO], ["bronze", "silver"]).tables[0].refined

    found = {row.offset: row for row in _read(spark, tier(mine, GEO).quarantine)}
    told = {line: (found[2 * n].reason, bytes(found[2 * n].raw)) for n, line in enumerate(lines)}
    assert told == {
        line: (why, raw or line.encode()) if raw != b"" else (why, b"")
        for line, (why, raw) in BAD.items()
    }
    silver = {row.ind: row.country for row in _read(spark, tier(mine, GEO).silver)}
    assert silver == dict.fromkeys(range(len(lines)), "Åland 🧁")
    assert done is not None
    assert (done.rows, sum(done.quarantined.values())) == (len(lines), len(lines))


def test_odd_values_land(spark: SparkSession, mine: Settings, sink: Sink) -> None:
    """Nothing in a value stops its row: huge numbers, nested texts, old dates, control characters."""
    odd = ['{"a":[1,2]}', "9" * 30, '"\\u0000"', "true", "null", '"0001-01-01T00:00:00"', "1e400"]
    sink.write(
        USER,
        0,
        (f'{{"ind":{n},"first_name":{v},"age":{v},"date_joined":{v}}}' for n, v in enumerate(odd)),
    )

    run.run(mine, [USER], ["bronze", "silver"])

    rows = spark.read.format("delta").load(str(tier(mine, USER).silver)).select("ind", "user_name")
    names = {row.ind: row.user_name for row in rows.collect()}
    assert len(names) == len(odd)
    assert (names[0], names[1], names[4]) == ('{"a":[1,2]}', "9" * 30, None)


def test_offsets_and_lines(spark: SparkSession, mine: Settings, sink: Sink) -> None:
    """Bronze has each line as it is, with its own offset, whatever the object's first one."""
    sink.write(PIN, 0, ["a", "b"])
    sink.write(PIN, 2, ["c\u2028d"])
    sink.write(PIN, 10_000_000_000, ["e"], partition=1)

    run.run(mine, [PIN], ["bronze"])

    rows = _read(spark, tier(mine, PIN).bronze)
    assert sorted((row.partition, row.offset, row.value) for row in rows) == [
        (0, 0, "a"),
        (0, 1, "b"),
        (0, 2, "c\u2028d"),
        (1, 10_000_000_000, "e"),
    ]
    assert {row.topic for row in rows} == {PIN.topic(mine.user_id)}
    assert all(f"partition={row.partition}/" in row.object_key for row in rows)


def test_overlap(spark: SparkSession, mine: Settings, sink: Sink) -> None:
    """An object that begins among known offsets gives only the ones above them."""
    sink.write(PIN, 0, ["a", "b", "c"])
    run.run(mine, [PIN], ["bronze"])
    sink.write(PIN, 1, ["x", "y", "d"])
    run.run(mine, [PIN], ["bronze"])

    values = {row.offset: row.value for row in _read(spark, tier(mine, PIN).bronze)}
    assert values == {0: "a", 1: "b", 2: "c", 3: "d"}


def _three(sink: Sink, first: int, inds: list[int], category: str) -> None:
    sink.rows(
        PIN, first, ({"index": n, "category": category, "follower_count": "1k"} for n in inds)
    )
    sink.rows(
        GEO, first, ({"ind": n, "country": "X", "timestamp": "2020-01-01 00:00:00"} for n in inds)
    )
    sink.rows(
        USER, first, ({"ind": n, "age": 30, "date_joined": "2016-01-01 00:00:00"} for n in inds)
    )


def test_newest_event_wins_and_repetition_changes_nothing(
    spark: SparkSession, mine: Settings, sink: Sink
) -> None:
    """A later event replaces an earlier one, in one run and over two; a rerun makes no commit."""
    with pytest.raises(NothingYetError, match="make emulate"):
        answer(spark, mine)
    _three(sink, 0, [1, 2, 1], "art")
    assert run.run(mine).answers == len(QUESTIONS)
    _three(sink, 3, [1], "travel")
    run.run(mine)
    before = _versions(mine)

    again = run.run(mine)

    assert (again.answers, [run.objects for run in again.tables]) == (0, [0, 0, 0])
    assert _versions(mine) == before
    silver = {row.ind: row.category for row in _read(spark, tier(mine, PIN).silver)}
    assert silver == {1: "travel", 2: "art"}
    joined = "users_joined_per_year"
    assert answer(spark, mine)[joined] == [{"join_year": 2016, "number_users_joined": 2}]
    every = answer(spark, mine, every_event=True)[joined]
    assert every == [{"join_year": 2016, "number_users_joined": 4}]


def test_reposts_rewrite_nothing(spark: SparkSession, mine: Settings, sink: Sink) -> None:
    """Rows that silver has already move its progress only: the same files, the same answers."""
    place = tier(mine, PIN)
    _three(sink, 0, [1, 2], "art")
    run.run(mine)
    files = DeltaTable(str(place.silver)).file_uris()
    _three(sink, 2, [2, 1, 2], "art")

    assert run.run(mine).answers == 0

    assert DeltaTable(str(place.silver)).file_uris() == files
    now = progress.read(place.silver, place.topic)
    assert (now.offsets, now.version, now.rows_version) == ({0: 4}, 1, 0)
    _three(sink, 5, [1], "travel")
    assert run.run(mine).answers == len(QUESTIONS)
    silver = {row.ind: row.category for row in _read(spark, place.silver)}
    assert silver == {1: "travel", 2: "art"}


def test_crash_between_quarantine_and_silver(
    spark: SparkSession, mine: Settings, sink: Sink
) -> None:
    """A run that dies after any step is mended by the next one: nothing is lost or doubled."""
    place = tier(mine, USER)
    store = ObjectStore(s3_client(mine), mine.user_id)
    sink.write(USER, 0, ['{"ind":1}', "bad"])
    ingest(spark, store, place)
    none, bronze = progress.Progress(place.topic), progress.read(place.bronze, place.topic)
    parsed = parse.parse(new_lines(spark, place, none, bronze), USER)
    set_aside(place, parsed, none, bronze)
    sink.write(USER, 2, ['{"ind":2}', "bad too"])
    ingest(spark, store, place)

    refine(spark, place)

    assert sorted(row.offset for row in _read(spark, place.quarantine)) == [1, 3]
    assert sorted(row.ind for row in _read(spark, place.silver)) == [1, 2]
    silver = progress.read(place.silver, place.topic)
    merge(spark, place, newest(parse.rows(parsed), USER), silver, bronze)
    refine(spark, place)
    assert sorted(row.ind for row in _read(spark, place.silver)) == [1, 2]


def test_same_commit_twice(spark: SparkSession, mine: Settings, sink: Sink) -> None:
    """Two runs that both saw the same objects, lock or no lock, append them once."""
    place = tier(mine, GEO)
    store = ObjectStore(s3_client(mine), mine.user_id)
    sink.write(GEO, 0, ['{"ind":1}'])
    objects = store.new_objects(progress.Progress(place.topic))
    now = advance(progress.Progress(place.topic), store, objects)
    for _ in range(2):
        append(read_lines(spark, store.bucket, objects), place.bronze, "bronze-geo", now)

    assert len(_read(spark, place.bronze)) == 1


def test_progress_survives_maintenance(spark: SparkSession, mine: Settings, sink: Sink) -> None:
    """Commits of others on top (here six) do not hide how far the table is."""
    sink.write(GEO, 0, ['{"ind":1}'])
    run.run(mine, [GEO], ["bronze", "silver"])
    place = tier(mine, GEO)
    for n in range(6):
        spark.sql(f"ALTER TABLE {place.bronze.sql} SET TBLPROPERTIES ('note' = '{n}')")

    assert progress.read(place.bronze, place.topic).offsets == {0: 0}


def test_another_users_lake(spark: SparkSession, mine: Settings, sink: Sink) -> None:
    """A lake that another topic feeds is refused with what to do."""
    sink.write(GEO, 0, ['{"ind":1}'])
    run.run(mine, [GEO], ["bronze"])
    other: Table = GEO
    with pytest.raises(progress.ForeignTableError, match="LAKE_DIR"):
        progress.read(tier(mine, other).bronze, "ffffffffffff.geo")


def test_no_bucket(mine: Settings) -> None:
    """Before the sink has made the bucket the batch has nothing to do, and fails nowhere."""
    done = run.run(mine)

    assert [run.objects for run in done.tables] == [0, 0, 0]
    assert set(silver_versions(mine).values()) == {-1}
