"""What stands in a dump beside its rows: routines, databases, modes, character sets."""

import io

import pytest

from services.source.formats.dump.rows import dump_rows
from services.source.load_options import LoadOptions
from services.source.rows.raw_rows import RawRow, UnreadableFileError

ROW = "INSERT INTO user_data (ind, first_name) VALUES ({}, {});\n"
GHOST = ROW.format(9, "'ghost'")


def names(content: str, database: str | None = None) -> list[object]:
    """First name of each row, or why there is none."""
    rows = dump_rows(io.StringIO(content, newline=""), LoadOptions(database=database))
    return [row.values["first_name"] if isinstance(row, RawRow) else row.reason for row in rows]


BODIES = {
    "mysqldump's procedure": f"DELIMITER ;;\nCREATE DEFINER=`a` PROCEDURE `p`()\nBEGIN\n{GHOST}END ;;\nDELIMITER ;\n",
    "mysqldump's trigger": (
        "DELIMITER ;;\n/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`%`*/ /*!50003 TRIGGER `t` AFTER INSERT ON `x` "
        f"FOR EACH ROW BEGIN\n/* a comment */ -- it's another\n{GHOST}END */;;\nDELIMITER ;\n"
    ),
    "mysqldump's event": (
        "DELIMITER ;;\n/*!50106 CREATE*/ /*!50117 DEFINER=`a`@`%`*/ /*!50106 EVENT `e` ON SCHEDULE EVERY 1 DAY "
        f"DO BEGIN {GHOST} END */ ;;\nDELIMITER ;\n"
    ),
    "an event of one statement": f"CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO {GHOST}",
    "phpMyAdmin's": f"DELIMITER $$\nCREATE PROCEDURE `p` ()  BEGIN\n{GHOST}END$$\n\nDELIMITER ;\n",
    "HeidiSQL's": f"DELIMITER //\nCREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW BEGIN\n{GHOST}END//\nDELIMITER ;\n",
    "no delimiter set": (
        f"CREATE PROCEDURE p()\nBEGIN\n IF a THEN {GHOST} ELSE {GHOST} END IF;\n CASE x WHEN 1 THEN {GHOST} END CASE;\n"
        f" SELECT CASE WHEN a THEN 1 END; WHILE b DO BEGIN {GHOST} END; END WHILE;\n{GHOST}END;\n"
    ),
    "in lower case": f"delimiter //\ncreate function f() returns int begin {GHOST} return 1; end //\ndelimiter ;\n",
    "a comment for no server": f"/*!999999 {GHOST} /* nested */ {GHOST} */;\n",
    "a comment with a quote": f"/* it's {GHOST} */ -- it's {GHOST}",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=list(BODIES))
def test_what_stands_in_a_body_or_a_comment_is_no_row(body: str) -> None:
    """MySQL stores a routine's body and does not run it; the rows before and behind it are there."""
    assert names(ROW.format(1, "'a'") + body + ROW.format(2, "'b'")) == ["a", "b"]


def test_what_stands_in_a_versions_comment_is_run() -> None:
    """Its inner comments are stepped over, and the line still counts."""
    assert names("/*!40000 INSERT INTO user_data (first_name) VALUES /* c */ ('a') */;") == ["a"]
    assert names("/*M!100100 INSERT INTO user_data (first_name) VALUES ('a') */;") == ["a"]


def test_a_versions_comment_that_never_ends_is_refused() -> None:
    """Half a dump is no dump."""
    with pytest.raises(UnreadableFileError, match="comment that begins on line 2 never ends"):
        names("\n/*!40000 ALTER TABLE x;")


A, B = ROW.format(1, "'a'"), ROW.format(1, "'b'")
TWO = f"CREATE DATABASE one;\nUSE `one`;\n{A}use two\n{B}"


def test_two_databases_with_the_same_table_are_refused() -> None:
    """The refusal names both, their lines, and the option that decides."""
    with pytest.raises(
        UnreadableFileError, match=r"'one' \(line 3\) and 'two' \(line 5\).*DATABASE=two"
    ):
        names(TWO)


@pytest.mark.parametrize(("database", "found"), [("one", "a"), ("TWO", "b")])
def test_the_chosen_database_is_taken(database: str, found: str) -> None:
    """Its name may be in any case."""
    assert names(TWO, database) == [found]


def test_a_database_that_is_not_there_is_named() -> None:
    """The error lists those that are."""
    with pytest.raises(UnreadableFileError, match=r"no database 'three'.*'one', 'two'"):
        names(TWO, "three")


def test_a_database_without_our_tables_is_none_to_choose_from() -> None:
    """The others' databases, and tables that are empty, are stepped over."""
    other = (
        "USE mysql;\nINSERT INTO user VALUES (1);\nUSE old;\nCREATE TABLE user_data (ind int);\n"
    )
    assert names(other + "USE pins;" + ROW.format(1, "'a'")) == ["a"]


def test_a_name_with_a_database_before_it_counts_as_that_database() -> None:
    """Without any USE."""
    row = "INSERT INTO `{}`.user_data (first_name) VALUES ('{}');"
    with pytest.raises(UnreadableFileError, match=r"'x'.*'y'"):
        names(row.format("x", "a") + row.format("y", "b"))
    assert names(row.format("x", "a") + row.format("y", "b"), "y") == ["b"]


MODES = {
    "set": r"SET sql_mode='NO_BACKSLASH_ESCAPES';",
    "of the session": r"SET SESSION sql_mode := 'ANSI,NO_BACKSLASH_ESCAPES';",
    "with marks, among others": r"SET @a=1, @@SESSION.sql_mode='NO_BACKSLASH_ESCAPES', @b=2;",
    "added": r"/*!50000 SET sql_mode=CONCAT(@@sql_mode, ',NO_BACKSLASH_ESCAPES') */;",
    "set again from a variable": (
        "SET sql_mode='NO_BACKSLASH_ESCAPES';SET @saved_sql_mode = @@sql_mode;"
        "SET sql_mode='';SET sql_mode = @saved_sql_mode;"
    ),
    "PostgreSQL": "SET statement_timeout = 0;\nSET standard_conforming_strings = on;\n",
    "SQLite": "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n",
}


@pytest.mark.parametrize("mode", MODES.values(), ids=list(MODES))
def test_a_backslash_is_itself_where_the_mode_says_so(mode: str) -> None:
    """Only a doubled quote escapes then."""
    assert names(mode + ROW.format(1, r"'a\'") + ROW.format(2, r"'it''s \n'")) == [
        "a\\",
        "it's \\n",
    ]


def test_mysqldumps_own_mode_leaves_backslashes_escapes() -> None:
    """It saves the mode, sets its own, and restores it around each routine."""
    start = (
        "/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;\n"
        "/*!50003 SET @saved_sql_mode = @@sql_mode */ ;\n"
        "/*!50003 SET sql_mode = 'NO_BACKSLASH_ESCAPES' */ ;\n"
        "/*!50003 SET sql_mode = @saved_sql_mode */ ;\n"
    )
    assert names(start + ROW.format(1, r"'a\'b'")) == ["a'b"]


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("X'C3A9'", "é"),
        ("x'41'", "A"),
        ("_binary 0x4142", "AB"),
        ("_binary 'a\\0b'", "a\0b"),
        ("_latin1 0xE9", "é"),
        ("_ucs2 0x00E9", "é"),
        ("_utf8mb3'é'", "é"),
        ("N'é'", "é"),
        ("b'101'", "5"),
        ("0b101", "5"),
    ],
)
def test_literals_with_a_character_set_or_in_digits(literal: str, value: str) -> None:
    """As `--hex-blob` writes them, and servers with other character sets."""
    assert names(ROW.format(1, literal)) == [value]


def test_a_dump_in_another_character_set_is_read_in_it() -> None:
    """`SET NAMES latin1` says which; UTF-8's decoder left the bytes as lone surrogates."""
    text = b"'Andr\xe9'".decode("utf-8", "surrogateescape")
    assert names("/*!40101 SET NAMES latin1 */;" + ROW.format(1, text)) == ["André"]


def test_a_character_set_that_hides_quotes_must_be_told() -> None:
    """A second byte of GBK can be a backslash; the option decodes the file first."""
    with pytest.raises(UnreadableFileError, match="ENCODING=gbk"):
        names("SET NAMES gbk;")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("--\n-- PostgreSQL dump\n--\nCOPY public.user_data (ind) FROM stdin;\n1\n", "line 4: it is a Postgre"),
        ("USE [pins]\nGO\nINSERT [dbo].[user_data] VALUES (1)\n", "SQL Server"),
    ],
)  # fmt: skip
def test_another_systems_dump_is_refused_with_what_to_do(content: str, reason: str) -> None:
    """Its rows are no INSERT statements, or ones that MySQL does not know."""
    with pytest.raises(UnreadableFileError, match=reason):
        names(content)


@pytest.mark.parametrize(
    "insert",
    [
        'INSERT INTO "user_data" ("FIRST_NAME", "Ind") VALUES (\'a\', 1);',
        "INSERT INTO user_data (`index`, ind, first_name) VALUES (0, 1, 'a');",
        "INSERT INTO user_data (level_0, ind, first_name) VALUES (0, 1, 'a');",
        "INSERT INTO user_data (`index`, first_name) VALUES (1, 'a');",
        "INSERT INTO user_data (first_name) VALUES ROW('a'), ROW('a') AS new;",
        "CREATE OR REPLACE TABLE user_data (first_name text, ind int);INSERT user_data VALUES ('a', 1);",
        "CREATE TABLE user_data (index INT, first_name text, KEY x (index));INSERT user_data VALUES (1, 'a');",
        "CREATE TABLE IF NOT EXISTS `pins`.`user_data` (first_name text);INSERT `pins`.`user_data` VALUES ('a');",
    ],
)
def test_columns_are_known_by_their_names(insert: str) -> None:
    """In any case and order, and without the row counter that pandas writes beside them."""
    assert set(names(insert)) == {"a"}
