import ast

import pytest

from services.workspace.kernel.shell.shell import NotebookShell


@pytest.mark.parametrize(
    ("cell", "name", "text"),
    [
        ("%sql select 1", "sql", "select 1\n"),
        ("%sql\nselect 1;\n-- x\nselect 2", "sql", "\nselect 1;\n-- x\nselect 2\n"),
        ("\n# a comment\n  %sql\nselect 1", "sql", "\nselect 1\n"),
        ("-- a comment\n%sql\nselect 1", "sql", "\nselect 1\n"),
        ("%md # Title\n*x*", "md", "# Title\n*x*\n"),
        ("%md-sandbox\n<b>", "md-sandbox", "\n<b>\n"),
        ("%fs ls /mnt/x", "fs", "ls /mnt/x\n"),
        ("%sh ls $HOME {x}\necho 'a'", "sh", "ls $HOME {x}\necho 'a'\n"),
        ("%scala\nval x = 1", "scala", "\nval x = 1\n"),
    ],
)
def test_a_magic_takes_its_whole_cell(
    shell: NotebookShell, cell: str, name: str, text: str
) -> None:
    """On the first line that is neither blank nor a comment, with the text as it is."""
    code = shell.transform_cell(cell)  # type: ignore[no-untyped-call]
    call = ast.parse(code).body[0]
    assert isinstance(call, ast.Expr)
    assert isinstance(call.value, ast.Call)
    assert [ast.literal_eval(value) for value in call.value.args] == [name, "", text]
    assert call.lineno == 1 + cell[: cell.index("%")].count("\n")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("\nx = 1\n", "\nx = 1\n"),
        ("%python\nx = 1", "\nx = 1\n"),
        ("%python x = 1", "x = 1\n"),
        ("y = a %sql\n", "y = a %sql\n"),
        ('"""\n%sql\n"""\n', '"""\n%sql\n"""\n'),
        ('%run ./a b $x="1"', "get_ipython().run_line_magic('run', './a b $x=\"1\"')\n"),
        ("x = 1\n%run ./a", "x = 1\nget_ipython().run_line_magic('run', './a')\n"),
        ("# c\n%pip install a", "# c\nget_ipython().run_line_magic('pip', 'install a')\n"),
        ("%xmode Plain", "get_ipython().run_line_magic('xmode', 'Plain')\n"),
        ("\n%%time\nx", "get_ipython().run_cell_magic('time', '', 'x\\n')\n"),
    ],
)
def test_other_cells_are_python(shell: NotebookShell, cell: str, expected: str) -> None:
    """Their lines keep their numbers; lines that are magics stand where they are."""
    assert shell.transform_cell(cell) == expected  # type: ignore[no-untyped-call]
