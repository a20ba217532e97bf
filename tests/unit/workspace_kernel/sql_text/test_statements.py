import pytest

from services.workspace.kernel.sql_text.parameters import with_parameters
from services.workspace.kernel.sql_text.statements import split_statements, tokens


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("select 1", ["select 1"]),
        ("select 1;", ["select 1"]),
        ("select 1;\n\n;; \n", ["select 1"]),
        ("select ';' as x;select 2", ["select ';' as x", "select 2"]),
        (r"select '\';' ; select 2", [r"select '\';'", "select 2"]),
        ("select 'it''s;' ; select 2", ["select 'it''s;'", "select 2"]),
        ('select ";" ; select `a;b` from t', ['select ";"', "select `a;b` from t"]),
        (r"select r'\' ; select 2", [r"select r'\'", "select 2"]),
        ("select 1 -- a; b\n; select 2", ["select 1 -- a; b", "select 2"]),
        ("/* a; /* b; */ c; */ select 1; select 2", ["/* a; /* b; */ c; */ select 1", "select 2"]),
        ("-- nothing; at all\n/* ; */", []),
        ("select 1; -- the end;", ["select 1"]),
        ("select 'open; select 2", ["select 'open; select 2"]),
        ("BEGIN select 1; select 2; END", ["BEGIN select 1; select 2; END"]),
        ("", []),
    ],
)
def test_statements_end_at_semicolons_of_the_code(text: str, statements: list[str]) -> None:
    """Not at those in texts, names and comments; what holds no code is no statement."""
    assert split_statements(text) == statements


@pytest.mark.parametrize("text", ["a-b/c", "select '", "/* /* */", "`", "r'", "--", "ß😀;"])
def test_no_text_is_lost(text: str) -> None:
    """Whatever is not understood stays in the pieces."""
    assert "".join(token.text for token in tokens(text)) == text


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("select * from ${table}", "select * from pins"),
        ("select '${table}'", "select 'pins'"),
        ("select * from x where a = :name", r"select * from x where a = 'O\'Neil'"),
        ('select getArgument("table")', "select 'pins'"),
        ("select '12'::int, ':name', j:name, a[1]:name", None),
        ("select 1 -- :name", None),
        ("select :unknown, ${spark.x}, getArgument('unknown')", None),
    ],
)
def test_widgets_are_put_in(statement: str, expected: str | None) -> None:
    """By all three spellings, but no name that is no widget's, and nothing that only looks like one."""
    values = {"table": "pins", "name": "O'Neil"}
    assert with_parameters(statement, values) == (expected or statement)
