"""CSV as Spark, pandas, MySQL and Excel write it."""

import io

import pandas as pd  # type: ignore[import-untyped]
import pytest

from services.source.formats.csv.rows import csv_rows
from services.source.load_options import NO_OPTIONS, LoadOptions
from services.source.rows.raw_rows import RawRow, UnreadableFileError
from services.tables import USER, Table

HEADER = "ind,first_name,last_name,age,date_joined\n"


def read(
    content: str, table: Table | None = USER, options: LoadOptions = NO_OPTIONS
) -> list[list[object]]:
    """Key, first and last name of each row, or why there is none."""
    rows = csv_rows(table, io.StringIO(content, newline=""), options)
    return [
        [row.values[name] for name in ("ind", "first_name", "last_name")]
        if isinstance(row, RawRow)
        else [row.reason]
        for row in rows
    ]


LAYOUTS = {
    "semicolons": "ind;first_name;last_name;age;date_joined\n1;A, B;C;20;\n",
    "tabs": "ind\tfirst_name\tlast_name\tage\tdate_joined\n1\tA, B\tC\t20\t\n",
    "pipes": "ind|first_name|last_name|age|date_joined\n1|A, B|C|20|\n",
    "Hive's": "1\x01A, B\x01C\x0120\x01\\N\n",
    "Excel's first line": '"sep=;"\r\nind;first_name;last_name;age;date_joined\r\n1;A, B;C;20;\r\n',
    "Excel's first line with a mark": "\ufeffsep=;\nind;first_name;last_name;age;date_joined\n1;A, B;C;20;\n",
    "quoted header": '"ind","first_name","last_name","age","date_joined"\n"1","A, B","C","20",""\n',
    "blanks and case": 'Ind,First Name, last_name ,AGE,Date-Joined\n1,"A, B",C,20,\n',
    "names with the table": (
        'user_data.ind,user_data.first_name,user_data.last_name,user_data.age,user_data.date_joined\n1,"A, B",C,20,\n'
    ),
    "index column": 'Unnamed: 0,ind,first_name,last_name,age,date_joined\n0,1,"A, B",C,20,\n',
    "index of its own name": 'index,ind,first_name,last_name,age,date_joined\n0,1,"A, B",C,20,\n',
    "trailing commas": 'ind,first_name,last_name,age,date_joined,\n1,"A, B",C,20,,\n',
    "trailing commas in rows alone": HEADER + '1,"A, B",C,20,,,\n',
    "no header": '1,"A, B",C,20,2020-01-01 00:00:00\n',
    "no header, counted": '0,1,"A, B",C,20,2020-01-01\n',
    "no header, ambiguous day": '1,"A, B",C,20,01/02/2020\n',
    "old Mac's line ends": HEADER.replace("\n", "\r") + '1,"A, B",C,20,\r',
}


@pytest.mark.parametrize("content", LAYOUTS.values(), ids=list(LAYOUTS))
@pytest.mark.parametrize("table", [USER, None], ids=["named", "by its columns"])
def test_a_layout_is_found_out(content: str, table: Table | None) -> None:
    """The header, or a first row that is one, says the delimiter and the columns."""
    assert read(content, table) == [["1", "A, B", "C"]]


TEXT = 'say "hi", \\ and\nC:\\new'
"""Quotes, a delimiter, a backslash, a line end."""


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ('"say ""hi"", \\ and\nC:\\new"', TEXT),
        ('"say \\"hi\\", \\ and\nC:\\new"', TEXT),
        (r'"ends in \"quotes\""', 'ends in "quotes"'),
        (r'"\""', '"'),
        (r'"\"a\", b"', '"a", b'),
        (r'"C:\dir\"', "C:\\dir\\"),
        ('"line\r\nline"', "line\r\nline"),
        ("\\N", None),
        ("NULL", "NULL"),
    ],
)
def test_quotes_are_read_doubled_and_with_backslashes(written: str, text: str | None) -> None:
    """As pandas and Excel write them, and as Spark does; the rows around them stay whole."""
    others = '1,"a ""b""",C,20,\n', "3,D,E,20,\n"
    assert read(f"{HEADER}{others[0]}2,{written},L,20,\n{others[1]}") == [
        ["1", 'a "b"', "C"],
        ["2", text, "L"],
        ["3", "D", "E"],
    ]


def test_what_spark_writes_is_read_back() -> None:
    """A backslash before each quote, and before a backslash that stands before one."""
    content = HEADER + '1,"a \\"b\\" c",x\\y,20,\n2,"\\\\\\"",\\,20,\n'
    assert read(content) == [["1", 'a "b" c', "x\\y"], ["2", '\\"', "\\"]]


def test_what_mysql_writes_into_a_file_is_read_back() -> None:
    r"""`mysqldump --tab` and INTO OUTFILE: tabs, no header, \N, and a backslash before what is special."""
    content = (
        '1\tA\\\tB\tC\\\\\t20\t\\N\n2\ta\\\nb\t\\N\t\\N\t2020-01-01 00:00:00\n3\t\tquo"te\t1\t\\N\n'
    )
    assert read(content) == [["1", "A\tB", "C\\"], ["2", "a\nb", None], ["3", "", 'quo"te']]


def test_what_mysql_writes_with_quotes_is_read_back() -> None:
    """`--fields-enclosed-by='"' --fields-terminated-by=,`."""
    content = '"1","say \\"hi\\"","C\\\\","20",\\N\n"2","a\\\nb",\\N,\\N,"2020-01-01 00:00:00"\n'
    assert read(content) == [["1", 'say "hi"', "C\\"], ["2", "a\nb", None]]


@pytest.mark.parametrize(
    "options", [{}, {"sep": ";"}, {"sep": "\t"}, {"index": True}, {"quoting": 1}, {"na_rep": "NaN"}]
)
def test_what_pandas_writes_is_read_back(options: dict[str, object]) -> None:
    """With its index, other delimiters, everything quoted."""
    texts = [TEXT, "plain", 'a"', "x;y\tz"]
    frame = pd.DataFrame(
        {"ind": range(4), "first_name": texts, "last_name": "L", "age": 20, "date_joined": None}
    )
    content = frame.to_csv(**{"index": False, **options})
    assert [row[1] for row in read(content)] == texts


def test_an_option_decides_the_delimiter() -> None:
    """One that is not looked for."""
    content = HEADER.replace(",", "~") + "1~A~B~20~\n"
    assert read(content, options=LoadOptions(delimiter="~")) == [["1", "A", "B"]]
    with pytest.raises(UnreadableFileError, match="unknown column 'ind~first"):
        read(content)


def test_lines_beyond_the_sample_are_read_whole() -> None:
    """The beginning that is looked at ends somewhere in a row."""
    count = 9_000
    rows = "".join(f'{n},"{"x" * 30} ""{n}""",L,20,\n' for n in range(count))
    found = read(HEADER + rows)
    assert [row[0] for row in found] == [str(n) for n in range(count)]
    assert found[-1][1] == f'{"x" * 30} "{count - 1}"'
