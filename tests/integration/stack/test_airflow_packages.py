"""Users' packages beside Airflow's real environment; no package index is asked."""

import zipfile
from pathlib import Path

import pytest
from rich.console import Console

from services.setup.environment import ensure_environment
from services.stack.layout import Layout
from services.stack.native.airflow_process.packages import PackagesError, folder, install
from services.stack.report import Report


@pytest.fixture(scope="module", autouse=True)
def _environment() -> None:
    ensure_environment("airflow")


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """A state folder that an earlier start has made."""
    layout = Layout(tmp_path / "state")
    folder(layout).parent.mkdir(parents=True)
    return layout


@pytest.fixture
def report() -> Report:
    """A report whose lines can be read back from its console."""
    return Report(Console(record=True, width=300))


def _requirements(tmp_path: Path, *lines: str) -> Path:
    file = tmp_path / "requirements.txt"
    file.write_text("\n".join(lines))
    return file


def _wheel(tmp_path: Path) -> str:
    """A package that holds one module."""
    name = tmp_path / "coursepkg-1.0-py3-none-any.whl"
    about = "coursepkg-1.0.dist-info"
    wheel = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(name, "w") as archive:
        archive.writestr("coursepkg.py", "")
        archive.writestr(
            f"{about}/METADATA", "Metadata-Version: 2.1\nName: coursepkg\nVersion: 1.0\n"
        )
        archive.writestr(f"{about}/WHEEL", wheel)
        archive.writestr(
            f"{about}/RECORD", f"coursepkg.py,,\n{about}/METADATA,,\n{about}/WHEEL,,\n"
        )
    return f"coursepkg @ {name.as_uri()}"


def test_a_package_of_the_users_is_installed_once(
    layout: Layout, report: Report, tmp_path: Path
) -> None:
    """Another start with the same file does nothing."""
    file = _requirements(tmp_path, _wheel(tmp_path))
    install(layout, report, file)
    assert (folder(layout) / "coursepkg.py").exists()
    made = folder(layout).stat().st_ino
    install(layout, report, file)
    assert folder(layout).stat().st_ino == made


def test_constraints_of_another_airflow_are_left_out(
    layout: Layout, report: Report, tmp_path: Path
) -> None:
    """Files for MWAA begin with them; the line is shown."""
    line = '--constraint "https://example.invalid/constraints-2.4.3.txt"'
    install(layout, report, _requirements(tmp_path, line, _wheel(tmp_path)))
    assert (folder(layout) / "coursepkg.py").exists()
    assert f"Left out, since this Airflow has constraints of its own: {line}" in _said(report)


def test_a_package_that_cannot_be_had_is_an_error_that_names_the_file(
    layout: Layout, report: Report, tmp_path: Path
) -> None:
    """What was installed before stays."""
    install(layout, report, _requirements(tmp_path, _wheel(tmp_path)))
    file = _requirements(tmp_path, "nothere @ file:///nowhere/nothere-1.0-py3-none-any.whl")
    with pytest.raises(PackagesError, match=r"requirements\.txt cannot be installed"):
        install(layout, report, file)
    assert (folder(layout) / "coursepkg.py").exists()


@pytest.mark.parametrize("lines", [(), ("# nothing yet", "")])
def test_a_file_that_asks_for_nothing_takes_the_packages_away(
    layout: Layout, report: Report, tmp_path: Path, lines: tuple[str, ...]
) -> None:
    """Comments are no wish."""
    install(layout, report, _requirements(tmp_path, _wheel(tmp_path)))
    install(layout, report, _requirements(tmp_path, *lines))
    assert not folder(layout).exists()


def _said(report: Report) -> str:
    return report._console.export_text()
