"""A `plugins` folder among the user's DAGs: its modules can be imported, as those of Airflow's own folder."""

from collections.abc import MutableSequence
from pathlib import Path


def make_importable(dags: Path, search_path: MutableSequence[str]) -> None:
    """Add the folder to the end of Python's search path, once; it may come later than this call."""
    folder = str(dags / "plugins")
    if folder not in search_path:
        search_path.append(folder)
