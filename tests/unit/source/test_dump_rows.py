"""Rows of SQL dumps."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.source.formats.dump import tokens as dump_tokens
from services.source.formats.dump.rows import dump_rows
from services.source.rows.raw_rows import RawRow, RejectedRow, UnreadableFileError
from services.tables import GEO, USER

MYSQLDUMP = r"""-- MySQL dump 10.13  Distrib 8.0.31, for Linux (x86_64)
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!999999\- enable the sandbox mode */ ;
DROP TABLE IF EXISTS `user_data`;
/*!50503 SET character_set_client = utf8mb4 */;
CREATE TABLE `user_data` (
  `age` bigint DEFAULT NULL COMMENT 'in (years), or so',
  `ind` bigint NOT NULL,
  `first_name` varchar(20) COLLATE utf8mb4_unicode_ci DEFAULT 'x,y',
  `last_name` enum('a','b)') DEFAULT NULL,
  `date_joined` datetime,
  PRIMARY KEY (`ind`),
  KEY `ix` (`age`,`ind`)
) ENGINE=InnoDB;
LOCK TABLES `user_data` WRITE;
/*!40000 ALTER TABLE `user_data` DISABLE KEYS */;
INSERT INTO `user_data` VALUES (20,1,'Ada','O\'Brien','2015-10-21 21:26:45'),(-3,2,'B''C',NULL,'2015-10-21 21:26:46');
INSERT INTO `other` VALUES (1,'INSERT INTO `user_data` VALUES (9,9,9,9,9);');
INSERT INTO `user_data` VALUES (21,3,'D;E)','(','2015-10-21 21:26:47');
UNLOCK TABLES;
"""


def read(content: str) -> list[RawRow | RejectedRow]:
    """All that the reader yields."""
    return list(dump_rows(io.StringIO(content, newline="")))


def values(content: str) -> list[list[object]]:
    """The values of each row; a rejected one is its reason."""
    return [
        list(row.values.values()) if isinstance(row, RawRow) else [row.reason]
        for row in read(content)
    ]


def test_a_mysqldump_gives_its_rows_in_the_order_of_its_own_create_table() -> None:
    """Comments, other tables and other statements are stepped over; lines are those of the rows."""
    rows = read(MYSQLDUMP)
    assert all(isinstance(row, RawRow) for row in rows)
    assert [row.line for row in rows] == [17, 17, 19]
    assert rows[0] == RawRow(
        USER,
        17,
        {
            "age": "20",
            "ind": "1",
            "first_name": "Ada",
            "last_name": "O'Brien",
            "date_joined": "2015-10-21 21:26:45",
        },
    )
    assert [list(row.values.values())[:4] for row in rows[1:] if isinstance(row, RawRow)] == [
        ["-3", "2", "B'C", None],
        ["21", "3", "D;E)", "("],
    ]


@pytest.mark.parametrize("piece", [1, 2, 3, 7])
def test_it_does_not_matter_where_the_file_is_cut_into_pieces(
    piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tokens that lie across two reads are whole."""
    whole = read(
        MYSQLDUMP + "INSERT INTO geolocation_data VALUES (1,NULL,1.5e-05,-2E+3,0x41) -- x\n;--"  # noqa: S608  parsed, never run
    )
    monkeypatch.setattr(dump_tokens, "_PIECE", piece)
    assert (
        read(
            MYSQLDUMP + "INSERT INTO geolocation_data VALUES (1,NULL,1.5e-05,-2E+3,0x41) -- x\n;--"  # noqa: S608  parsed, never run
        )
        == whole
    )
    assert whole[-1] == RawRow(
        GEO,
        21,
        {
            "ind": "1",
            "timestamp": None,
            "latitude": "1.5e-05",
            "longitude": "-2E+3",
            "country": "A",
        },
    )


@pytest.mark.parametrize(
    "start",
    [
        "INSERT INTO user_data (ind, first_name) VALUES",
        "insert into `pins`.`user_data`(`ind`,`first_name`) values",
        "INSERT IGNORE INTO `USER_DATA` (`ind`, `first_name`)\nVALUES\n",
        "REPLACE INTO user_data (ind, first_name) VALUES",
        'INSERT INTO "user_data" ("ind", "first_name") VALUES',
        "INSERT /* c */ LOW_PRIORITY INTO user_data (ind, first_name) VALUE",
    ],
)
def test_every_way_to_write_an_insert_is_understood(start: str) -> None:
    """Quoting, case, databases and column lists vary from tool to tool."""
    assert values(f"{start} (1, 'A'), (2, _utf8mb4'B') ON DUPLICATE KEY UPDATE age = 1;") == [
        ["1", "A"],
        ["2", "B"],
    ]


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        (r"'a\'b'", "a'b"),
        ("'a''b'", "a'b"),
        (r"'a\\'", "a\\"),
        (r"'\n\r\t\0\Z\b'", "\n\r\t\0\x1a\b"),
        (r"'100\% \_ \x'", r"100\% \_ x"),
        (r"'\\''\''", "\\''"),
        ("'line\nbreak'", "line\nbreak"),
        ('"double ""quoted"" \'"', 'double "quoted" \''),
        ("''", ""),
        ("''''", "'"),
        ("NULL", None),
        ("null", None),
        ("TRUE", 1),
        ("-1.50", "-1.50"),
        ("0xF09F8E84", "🎄"),
        ("_binary 'x'", "x"),
        ("'-- no comment /* */ #'", "-- no comment /* */ #"),
    ],
)
def test_literals_mean_what_mysql_says(literal: str, value: object) -> None:
    """Every escape of MySQL's manual, and nothing else."""
    assert values(f"INSERT INTO pinterest_data (`index`, title) VALUES (1, {literal});") == [  # noqa: S608  parsed, never run
        ["1", value]
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("(2, NOW())", "NOW"),
        ("(2, (SELECT 'x'))", "is an expression"),
        ("(2, 'a' || 'b')", "follows a value"),
        ("(2, 1 + 1)", "follows a value"),
        ("(2, @x)", "is an expression"),
        ("(2)", "1 values for 2 columns"),
        ("(2, 'a', 'b')", "3 values for 2 columns"),
        ("()", "0 values for 2 columns"),
    ],
)
def test_a_row_that_is_no_list_of_values_is_rejected_and_its_neighbours_stay(
    row: str, reason: str
) -> None:
    """Nothing of the user's SQL is computed; what follows the bad row is read."""
    before, rejected, after = read(
        f"INSERT INTO user_data (ind, age) VALUES (1, 20),\n{row},\n(3, 20);"  # noqa: S608  parsed, never run
    )
    assert isinstance(rejected, RejectedRow)
    assert rejected.line == 2
    assert reason in rejected.reason
    assert isinstance(before, RawRow)
    assert isinstance(after, RawRow)
    assert after.values["ind"] == "3"


@pytest.mark.parametrize("rest", ["SELECT * FROM x", "SET ind = 1", "(ind) SELECT 1"])
def test_an_insert_without_values_is_rejected(rest: str) -> None:
    """Rows that MySQL would have to compute are named, not dropped in silence."""
    (rejected,) = read(f"INSERT INTO user_data {rest};")
    assert isinstance(rejected, RejectedRow)
    assert "lists no VALUES" in rejected.reason


@pytest.mark.parametrize("cut", ["(2, 'B", "(2, `B", "/* B"])
def test_a_dump_that_is_cut_short_inside_a_text_is_refused(cut: str) -> None:
    """Half a dump is no dump: the error names the line."""
    with pytest.raises(UnreadableFileError, match="line 2 never ends"):
        read(f"INSERT INTO user_data (ind, first_name) VALUES (1, 'A'),\n{cut}")  # noqa: S608  parsed, never run


@pytest.mark.parametrize("cut", ["(2, 'B'", "(2,", "(2, 'B';", "("])
def test_a_dump_that_is_cut_short_inside_a_row_rejects_the_row(cut: str) -> None:
    """The row that is not whole is named."""
    rows = read(f"INSERT INTO user_data (ind, first_name) VALUES (1, 'A'),\n{cut}")  # noqa: S608  parsed, never run
    assert rows[1] == RejectedRow(USER, 2, "the statement ends in the middle of this row")


def mysql_text(text: str) -> str:
    """A text as mysqldump writes it."""
    for character, escape in (
        ("\\", r"\\"),
        ("\0", r"\0"),
        ("\n", r"\n"),
        ("\r", r"\r"),
        ("\x1a", r"\Z"),
        ('"', r"\""),
        ("'", r"\'"),
    ):
        text = text.replace(character, escape)
    return f"'{text}'"


@given(
    st.lists(
        st.one_of(
            st.none(),
            st.text(
                st.one_of(
                    st.characters(exclude_categories=["Cs"]), st.sampled_from("'\"\\\n(),;-/*`")
                ),
                max_size=20,
            ),
        ),
        min_size=1,
        max_size=6,
    ),
    st.booleans(),
)
def test_what_mysqldump_writes_is_read_back(titles: list[str | None], doubled: bool) -> None:  # noqa: FBT001  drawn
    """Any text survives, escaped by backslashes or with doubled quotes."""

    def literal(title: str | None) -> str:
        if title is None:
            return "NULL"
        if doubled:
            return "'" + title.replace("\\", "\\\\").replace("'", "''") + "'"
        return mysql_text(title)

    rows = ",".join(f"({number},{literal(title)})" for number, title in enumerate(titles))
    assert values(f"INSERT INTO `pinterest_data` (`index`,`title`) VALUES {rows};\n") == [  # noqa: S608  parsed, never run
        [str(number), title] for number, title in enumerate(titles)
    ]
