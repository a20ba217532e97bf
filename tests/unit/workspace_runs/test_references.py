"""References in parameters: `{{job.run_id}}`, task values, job parameters."""

import asyncio
import json
from pathlib import Path

from tests.support.workspace_api import bench, notebook


def test_a_task_gets_what_the_one_before_it_left(tmp_path: Path) -> None:
    """Values, result and parameters; what is unknown stays as it was written."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            second = notebook("b", "/ok", "a")
            second["notebook_task"]["base_parameters"] = {
                "rows": "{{tasks.a.values.rows}} rows of {{ job.parameters.table }}",
                "ended": "{{tasks.a.result_state}}",
                "self": "{{task.name}}/{{task.execution_count}}",
                "odd": "{{tasks.a.values.nothing}}",
            }
            run_id = await it.submit_tasks(
                notebook("a", "/hold"), second, parameters=[{"name": "table", "default": "pin"}]
            )
            await it.launched(1)
            left = it.executor.launches[0].values / "a.json"
            left.write_text(json.dumps({"rows": 5}))
            it.executor.go.set()
            await it.ended(run_id)
            assert it.executor.launches[1].parameters == {
                "rows": "5 rows of pin",
                "ended": "success",
                "self": "b/1",
                "odd": "{{tasks.a.values.nothing}}",
                "table": "pin",
            }

    asyncio.run(story())


def test_damaged_task_values_are_none(tmp_path: Path) -> None:
    """Whatever a notebook wrote there."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            second = notebook("b", "/ok", "a")
            second["notebook_task"]["base_parameters"] = {"x": "{{tasks.a.values.x}}"}
            run_id = await it.submit_tasks(notebook("a", "/hold"), second)
            await it.launched(1)
            (it.executor.launches[0].values / "a.json").write_text("[1")
            it.executor.go.set()
            assert (await it.ended(run_id))["state"]["result_state"] == "SUCCESS"

    asyncio.run(story())
