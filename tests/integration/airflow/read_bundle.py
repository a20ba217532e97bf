"""Run by Airflow's own Python: refresh a bundle of users' DAGs, load it, print what came of it as JSON."""

import json
import os
import sys
from pathlib import Path

from airflow.dag_processing.bundles.manager import DagBundlesManager
from airflow.dag_processing.dagbag import BundleDagBag


def load(name: str) -> dict[str, object]:
    """The DAGs of a bundle with their schedules and tasks, and the import errors by file."""
    bundle = DagBundlesManager().get_bundle(name)
    bundle.initialize()
    bundle.refresh()
    bag = BundleDagBag(
        dag_folder=os.fspath(bundle.path), bundle_path=bundle.path, bundle_name=bundle.name
    )
    dags = {
        dag.dag_id: {
            "schedule": dag.timetable.expression if hasattr(dag.timetable, "expression") else None,
            "start": dag.start_date.isoformat() if dag.start_date else None,
            "tasks": {task.task_id: sorted(task.downstream_task_ids) for task in dag.tasks},
        }
        for dag in bag.dags.values()
    }
    errors = {Path(file).name: error for file, error in bag.import_errors.items()}
    return {"dags": dags, "errors": errors}


if __name__ == "__main__":
    sys.stdout.write(json.dumps({name: load(name) for name in sys.argv[1:]}) + "\n")
