import pytest

from services.tables import TABLES, Table, table_of_stream, table_of_topic


@pytest.mark.parametrize("table", TABLES)
def test_a_table_is_found_by_its_topic_and_by_its_stream(table: Table) -> None:
    """The names lead back, whatever the user id is."""
    assert table_of_topic(table.topic("0a1b2c3d4e5f")) is table
    assert table_of_stream(table.stream("0a1b2c3d4e5f")) is table


@pytest.mark.parametrize("name", ["", "0a1b2c3d4e5f.s3-objects", "streaming-0a1b2c3d4e5f-pins"])
def test_other_topics_and_streams_are_of_no_table(name: str) -> None:
    """Such as the sink's manifest."""
    assert table_of_topic(name) is None
    assert table_of_stream(name) is None
