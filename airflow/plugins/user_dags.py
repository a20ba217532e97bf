"""The user's DAGs as a bundle: Airflow reads a migrated copy, the user's own files stay as they are."""

import os
import sys
from pathlib import Path
from typing import Any

from airflow.dag_processing.bundles.base import BaseDagBundle
from airflow2 import plugin_folder, variable_files
from airflow2.install import install
from dag_migration.mirror import Mirror


class UserDagBundle(BaseDagBundle):  # type: ignore[misc]  # Airflow lives in an environment of its own
    """A folder of DAGs, each served as a copy for Airflow 3.

    The copies lie in `<bundle storage>/<name>/dags`, what was changed in each in `…/changes`. Only the DAG
    processor refreshes them; a worker takes what is there.
    """

    def __init__(
        self, *, path: str, taken: str = "", triggerer: bool = False, **kwargs: Any
    ) -> None:
        """A bundle of the files below `path`; none of their DAGs may have the id `taken`.

        Without a `triggerer`, tasks that defer wait in their own process.
        """
        super().__init__(**kwargs)
        self._source, self._triggerer = Path(path), triggerer
        self._mirror = Mirror(Path(path), self.base_dir / "dags", self.base_dir / "changes", taken)

    @property
    def path(self) -> Path:
        """Where Airflow reads."""
        return self._mirror.copies

    def get_current_version(self) -> None:
        """None: the folder has no versions."""

    def initialize(self) -> None:
        """Make sure that the folder of copies is there, and that this process takes what Airflow 2 took."""
        install(triggerer=self._triggerer)
        variable_files.load(self._source, os.environ)
        plugin_folder.make_importable(self.path, sys.path)
        self.path.mkdir(parents=True, exist_ok=True)
        super().initialize()

    def refresh(self) -> None:
        """Bring the copies to what the user's folder holds now."""
        with self.lock():
            self._mirror.refresh()
