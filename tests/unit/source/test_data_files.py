"""Which files are loaded, and how they are opened."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from services.source.data_files import DataFile, find_files, open_unpacked
from services.source.formats.raw_rows import UnreadableFileError
from services.tables import GEO, PIN, USER


def made(folder: Path, *names: str) -> Path:
    """The folder, with empty files of these names."""
    for name in names:
        (folder / name).touch()
    return folder


def test_a_folders_files_are_known_by_their_names(tmp_path: Path) -> None:
    """Files are named after the tables, in any case; others are left alone."""
    names = ("Pinterest_Data.CSV", "geolocation_data.jsonl.gz", "README.md", "published.json")
    assert find_files(made(tmp_path, *names)) == [
        DataFile(tmp_path / names[0], ".csv", PIN),
        DataFile(tmp_path / names[1], ".jsonl", GEO),
    ]


@pytest.mark.parametrize("name", ["backup.sql", "pinterest_data.sql", "x.y.SQL.gz"])
def test_a_dump_may_have_any_name(name: str, tmp_path: Path) -> None:
    """A dump says itself which tables it holds."""
    path = made(tmp_path, name) / name
    assert find_files(path) == [DataFile(path, ".sql", None)]


@pytest.mark.parametrize("names", [[], ["users.csv", "user_data.parquet"]])
def test_a_folder_without_data_is_refused(names: list[str], tmp_path: Path) -> None:
    """The error names the folder and the files that are wanted."""
    with pytest.raises(
        UnreadableFileError, match=r"holds nothing to load\. Wanted: pinterest_data"
    ):
        find_files(made(tmp_path, *names))


def test_a_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    """The error names the path."""
    with pytest.raises(UnreadableFileError, match="gone does not exist"):
        find_files(tmp_path / "gone")


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_text_is_utf8_and_keeps_its_line_ends(
    pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    """Packed or plain, a byte order mark goes, line ends stay, bad bytes become surrogates."""
    path = tmp_path / "file"
    path.write_bytes(pack(b"\xef\xbb\xbfa\r\n\xf0\x9f\x8e\x84\xff\r"))
    with open_unpacked(path) as (text, _):
        assert text.read() == "a\r\n🎄\udcff\r"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("ind".encode("utf-16"), "UTF-16; save it as UTF-8"),
        (gzip.compress(b"ind,age" * 100, mtime=0)[:-12], "cannot be read"),
        (b"\x1f\x8bnot gzip", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content: bytes, message: str, tmp_path: Path) -> None:
    """Another encoding and a damaged archive are errors of the whole file."""
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError, match=message), open_unpacked(path) as (text, _):
        text.read()


def test_a_data_file_reads_its_table(tmp_path: Path) -> None:
    """The reader is chosen by the name's ending."""
    path = tmp_path / "user_data.ndjson"
    path.write_text('{"ind": 1}\n')
    (file,) = find_files(tmp_path)
    with open_unpacked(file.path) as (text, _):
        assert [row.table for row in file.rows(text)] == [USER]


def test_a_packed_file_with_damage_inside_says_so(tmp_path: Path) -> None:
    """Its beginning and its end are those of a gzip file."""
    packed = bytearray(gzip.compress(bytes(range(256)) * 400, mtime=0))
    packed[20:60] = b"\xff" * 40
    path = tmp_path / "file"
    path.write_bytes(packed)
    with (
        pytest.raises(UnreadableFileError, match="cannot be read"),
        open_unpacked(path) as (text, _),
    ):
        text.read()


def test_an_endless_line_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    """A few kilobytes of gzip unpack to as many gigabytes as their writer likes."""
    path = tmp_path / "user_data.jsonl.gz"
    path.write_bytes(gzip.compress(b" " * ((1 << 25) + 1), mtime=0))
    [file] = find_files(path)
    with (
        pytest.raises(UnreadableFileError, match="more than 33,554,432 characters"),
        open_unpacked(path) as (text, _),
    ):
        list(file.rows(text))
