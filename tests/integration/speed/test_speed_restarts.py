"""Each record is in its table or in quarantine once, whatever happens to the application."""

import shutil
from collections import Counter

import pytest
from deltalake import DeltaTable

from services.streams.checkpoint import committed
from services.tables import GEO, PIN, TABLES
from spark_jobs.speed.tidy import tidy
from tests.integration.speed.conftest import PATIENCE, Place, SpeedLayer
from tests.support.polling import eventually

KILLS = 3


def _load(layer: SpeedLayer, count: int = 50) -> Counter[Place]:
    """Rows, and a bad record among them."""
    places = layer.put_rows(GEO, [{"ind": ind, "country": "Chad"} for ind in range(count)])
    return Counter(places + layer.put(GEO, [b"{broken"]))


@pytest.mark.chaos
def test_killed_again_and_again(layer: SpeedLayer) -> None:
    """The queries of a killed application live on in the server; the next one takes their place."""
    sent = _load(layer)
    for _ in range(KILLS):
        layer.start()
        sent += _load(layer)
        layer.kill()
        sent += _load(layer)
    layer.start()
    layer.wait()
    assert layer.places(GEO) == sent


def test_ends_when_told_to(layer: SpeedLayer) -> None:
    """SIGTERM ends the queries and the application, and the next start goes on where it was."""
    layer.start()
    sent = _load(layer)
    layer.wait()
    assert layer.stop() == 0
    sent += _load(layer)
    assert layer.places(GEO).total() < sent.total()
    layer.start()
    layer.wait()
    assert layer.places(GEO) == sent


@pytest.mark.long
def test_a_lost_commit_is_repeated_and_adds_nothing(layer: SpeedLayer) -> None:
    """The newest commit of a checkpoint is deleted: its batch runs again, and the table knows it."""
    layer.start()
    sent = _load(layer)
    layer.wait()
    layer.stop()
    checkpoint = layer.tier(GEO).checkpoint
    newest = committed(checkpoint)
    assert newest is not None
    (checkpoint / "commits" / str(newest.batch)).unlink()
    layer.start()
    sent += _load(layer)
    layer.wait()
    assert layer.places(GEO) == sent


def test_a_deleted_checkpoint_is_refused_until_the_table_is_reset(layer: SpeedLayer) -> None:
    """No record comes in twice; after a reset the table is built anew from what the stream still holds."""
    layer.start()
    sent = _load(layer)
    layer.wait()
    layer.stop()
    shutil.rmtree(layer.tier(GEO).checkpoint)
    said = layer.refused()
    assert layer.tier(GEO).name in said
    assert "checkpoint is gone" in said
    assert layer.places(GEO) == sent
    layer.commands.run("spark_jobs.speed", "reset", "--table", "geo")
    layer.start()
    layer.wait()
    assert layer.places(GEO) == sent


def test_another_streams_checkpoint_is_refused(layer: SpeedLayer) -> None:
    """Checkpoints that were mixed up are found before anything is written."""
    layer.start()
    layer.put_rows(PIN, [{"index": 1}])
    _load(layer)
    layer.wait()
    layer.stop()
    geo, pin = layer.tier(GEO).checkpoint, layer.tier(PIN).checkpoint
    for source, target in ((geo, geo.with_name("x")), (pin, geo), (geo.with_name("x"), pin)):
        shutil.move(source, target)
    said = layer.refused()
    assert "its checkpoint belongs to" in said
    assert "is not streamed into" in said


def test_tables_are_compacted_while_records_come_in(layer: SpeedLayer) -> None:
    """Appends and compaction do not wait for each other, and none is lost."""
    layer.start()
    sent: Counter[Place] = Counter()
    folder = layer.tier(GEO).rows.folder

    def grown() -> bool:
        nonlocal sent
        sent += _load(layer, 5)
        return len(DeltaTable(folder).file_uris()) > 4

    for _ in range(2):
        eventually("some files", grown, PATIENCE)
        assert tidy(folder, few=2)
    sent += _load(layer)
    layer.wait()
    assert layer.places(GEO) == sent


def test_empty_tables_are_there_from_the_start(layer: SpeedLayer) -> None:
    """A dashboard or a notebook finds them before the first record comes."""
    layer.start()
    assert [layer.rows(table) for table in TABLES] == [[], [], []]
