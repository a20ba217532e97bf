"""Which files are loaded, and how they are opened."""

import bz2
import gzip
import lzma
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, write_deltalake

from services.source.files.data_file import DataFile
from services.source.files.finding import find_files
from services.source.load_options import NO_OPTIONS, LoadOptions
from services.source.rows.raw_rows import RawRow, UnreadableFileError
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


@pytest.mark.parametrize("names", [[], ["users.csv", "user_data.docx"]])
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


HEADER = "ind,first_name,last_name,age,date_joined\n"
ROW = "1,Åsa 🎄,L,20,\n"


EMPTY = {"age": pa.nulls(2, pa.int32()), "date_joined": pa.nulls(2, pa.string())}


def names(path: Path, options: LoadOptions = NO_OPTIONS) -> list[object]:
    """First name of each row, or why there is none."""
    return [
        row.values["first_name"] if isinstance(row, RawRow) else row.reason
        for file in find_files(path, options)
        for row in file.rows(options)
    ]


def zipped(content: bytes, name: str = "user_data.csv") -> Callable[[Path], None]:
    """Writes a zip archive of one file."""

    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, content)
            archive.writestr("__MACOSX/._x", b"")

    return write


def zstd(content: bytes) -> bytes:
    """Content packed by Zstandard."""
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(content)
    return bytes(sink.getvalue())


@pytest.mark.parametrize("name", ["user_data.csv", "user_data.csv.gz", "data"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress, zstd])
def test_packing_is_known_by_the_content(
    name: str, pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    """Whatever the file is called; the columns say whose rows they are."""
    path = tmp_path / name
    path.write_bytes(pack((HEADER + ROW).encode()))
    assert names(path) == ["Åsa 🎄"]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_unicode_is_read_however_it_is_encoded(encoding: str, tmp_path: Path) -> None:
    """With its mark or without, also as the only file of a zip archive."""
    content = (HEADER + ROW).replace("\n", "\r\n").encode(encoding)
    (tmp_path / "user_data.csv").write_bytes(content)
    zipped(content)(tmp_path / "download.zip")
    assert names(tmp_path / "user_data.csv") == names(tmp_path / "download.zip") == ["Åsa 🎄"]


def test_another_encoding_is_told_by_an_option(tmp_path: Path) -> None:
    """Without it the row is rejected, and the reason names the option."""
    path = tmp_path / "user_data.csv"
    path.write_bytes((HEADER + "1,Åsa,L,20,\n").encode("cp1252"))
    assert names(path, LoadOptions(encoding="cp1252")) == ["Åsa"]
    assert names(path) == ["\udcc5sa"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (gzip.compress(b"ind,age" * 100, mtime=0)[:-12], "cannot be read"),
        (b"\x1f\x8bnot gzip", "cannot be read"),
        (b"\xfd7zXZ\x00nothing", "cannot be read"),
        (b"PGDMP\x01\x0e", "PostgreSQL's own format"),
        (b"\xd0\xcf\x11\xe0\xa1", "document of Office"),
        (b"7z\xbc\xaf\x27\x1c", "7z archive"),
        (b"\x80\x04\x95", "pickle"),
        (b"version https://git-lfs.github.com/spec/v1", "git lfs pull"),
        (b"x" * 257 + b"ustar", "tar archive"),
        (gzip.compress(b"x" * 257 + b"ustar", mtime=0), "tar archive"),
        (b'<?xml version="1.0"?>\n<mysqldump xmlns:xsi="x">', "without --xml"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"\x00\x01\x02\x00\x00\x03", "no text"),
        (b"PAR1 is only the beginning", "cannot be read as Parquet"),
        (b"a,b\n1,2\n", "no table has the columns 'a', 'b'; say whose they are with TABLE="),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content: bytes, message: str, tmp_path: Path) -> None:
    """What it is and what to do, whatever it is called."""
    path = tmp_path / "data"
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError, match=message):
        names(path)


def test_a_database_of_sqlite_is_refused(tmp_path: Path) -> None:
    """With the command that makes a dump of it."""
    connection = sqlite3.connect(tmp_path / "data.db")
    connection.execute("CREATE TABLE user_data (ind)")
    connection.commit()
    connection.close()
    with pytest.raises(UnreadableFileError, match=r"sqlite3 FILE \.dump"):
        names(tmp_path / "data.db")


def test_a_workbook_of_excel_is_refused(tmp_path: Path) -> None:
    """With what to save instead."""
    zipped(b"", "xl/workbook.xml")(tmp_path / "user_data.xlsx")
    with pytest.raises(UnreadableFileError, match="workbook of Excel; save each sheet as CSV"):
        names(tmp_path / "user_data.xlsx")


def test_a_dump_of_mysql_shell_is_refused(tmp_path: Path) -> None:
    """Its folder holds text without names, whose order is in other files."""
    with pytest.raises(UnreadableFileError, match="MySQL Shell; make one with mysqldump"):
        find_files(made(tmp_path, "@.json", "pins@user_data@0.tsv.zst"))


def test_a_packed_file_with_damage_inside_says_so(tmp_path: Path) -> None:
    """Its beginning and its end are those of a gzip file."""
    packed = bytearray(gzip.compress(HEADER.encode() + bytes(range(256)) * 4000, mtime=0))
    packed[80:120] = b"\xff" * 40
    path = tmp_path / "user_data.csv"
    path.write_bytes(packed)
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        names(path)


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_an_endless_line_is_refused_before_it_fills_the_memory(ending: str, tmp_path: Path) -> None:
    """A few kilobytes of gzip unpack to as many gigabytes as their writer likes."""
    path = tmp_path / f"user_data.{ending}.gz"
    path.write_bytes(gzip.compress(b"[" + b" " * ((1 << 25) + 99), mtime=0))
    with pytest.raises(UnreadableFileError):
        names(path)


def test_parts_in_a_folder_are_one_table(tmp_path: Path) -> None:
    """Spark writes folders; markers and checksums in them are no data."""
    folder = tmp_path / "user_data.csv"
    folder.mkdir()
    made(folder, "_SUCCESS", "._SUCCESS.crc", ".part-00000.csv.crc")
    for number, name in enumerate("AB"):
        (folder / f"part-0000{number}-x.csv").write_text(f"{HEADER}{number},{name},L,20,\n")
    assert names(tmp_path) == names(folder) == ["A", "B"]
    assert {file.group for file in find_files(tmp_path)} == {folder}


def test_parquet_is_read_as_a_file_and_as_a_folder(tmp_path: Path) -> None:
    """Times keep their zone, missing values are null, and pandas' index is left out."""
    table = pa.table(
        {
            "ind": [1],
            "first_name": ["A"],
            "last_name": [None],
            "age": [20.0],
            "date_joined": pa.array([1632685763], pa.timestamp("s", "Europe/Berlin")),
            "__index_level_0__": [7],
        }
    )
    (tmp_path / "user_data").mkdir()
    for path in (tmp_path / "x.parquet", tmp_path / "user_data" / "part-0.snappy.parquet"):
        pq.write_table(table, path)
        [row] = [row for file in find_files(path) for row in file.rows(NO_OPTIONS)]
        assert isinstance(row, RawRow)
        assert (row.table, row.values["first_name"], row.values["last_name"]) == (USER, "A", None)
        assert "__index_level_0__" not in row.values
        assert row.values["date_joined"].isoformat() == "2021-09-26T21:49:23+02:00"  # type: ignore[attr-defined]
    assert names(tmp_path) == ["A"]


def test_a_delta_table_is_read_in_its_newest_version(tmp_path: Path) -> None:
    """Rows that were deleted are in its files, and are not read."""
    frame = pa.table({"ind": [1, 2], "first_name": ["A", "B"], "last_name": ["C", "D"]} | EMPTY)
    write_deltalake(tmp_path / "user_data", frame)
    DeltaTable(tmp_path / "user_data").delete("ind = 1")
    assert names(tmp_path) == names(tmp_path / "user_data") == ["B"]


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("pins_user_data.csv", USER),
        ("pinterest_data.user_data.csv", USER),
        ("user_data_202403021011.csv", USER),
        ("user_data (1).csv", USER),
        ("pinterest_data - Sheet1.csv", PIN),
        ("GEOLOCATION_DATA.TSV.GZ", GEO),
    ],
)
def test_a_name_may_hold_more_than_the_tables(name: str, table: object, tmp_path: Path) -> None:
    """The database before it, a time or a number behind it."""
    assert [file.table for file in find_files(made(tmp_path, name))] == [table]


def test_an_exact_name_goes_before_one_that_only_holds_it(tmp_path: Path) -> None:
    """A second download beside the first one is left alone."""
    made(tmp_path, "user_data.csv", "user_data (1).csv")
    assert [file.path.name for file in find_files(tmp_path)] == ["user_data.csv"]


def test_a_workbook_beside_a_file_that_is_read_is_left_alone(tmp_path: Path) -> None:
    """Alone it is found, and refused when it is opened."""
    made(tmp_path, "user_data.csv", "user_data.xlsx", "geolocation_data.xlsx")
    found = [file.path.name for file in find_files(tmp_path)]
    assert found == ["user_data.csv", "geolocation_data.xlsx"]


def test_a_file_of_any_name_is_the_table_that_the_option_says(tmp_path: Path) -> None:
    """Also one without a header."""
    path = tmp_path / "export"
    path.write_text("1,A,L,20,2020-01-01\n")
    assert names(path, LoadOptions(table=USER)) == names(path) == ["A"]
