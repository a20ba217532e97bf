"""The pipeline's DAG, read as text: Airflow's own environment has none of our packages, nor ours Airflow."""

import ast

from services.settings import PROJECT_ROOT
from services.tables import TABLES

DAG_FILE = PROJECT_ROOT / "airflow" / "dags" / "pipeline.py"


def test_the_dag_names_the_pipelines_tables() -> None:
    """Its literal tuple, which a fourth table has to touch too, is that of services.tables."""
    constants = {
        node.targets[0].id: node.value
        for node in ast.parse(DAG_FILE.read_text("utf-8")).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }

    assert ast.literal_eval(constants["TABLES"]) == tuple(table.name for table in TABLES)
