"""The fields that each call of the Jobs API reads; every other one is ignored."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from services.workspace.runs.definition.request_model import Count, RequestModel
from services.workspace.runs.refusals import InvalidParameter
from services.workspace.runs.store.run_record import Overrides, RunType

_MAX_OVERRIDE_BYTES = 10_000

_OTHER_SLOTS = (
    "jar_params",
    "spark_submit_params",
    "python_named_params",
    "dbt_commands",
)

Token = Annotated[str, Field(max_length=64)]
Id = Annotated[int, Field(ge=0)]


class PageToken(RequestModel):
    """`page_token`, which may be empty for the first page."""

    page_token: Annotated[int, BeforeValidator(lambda text: text or 0), Field(ge=0)] = 0


class RunId(RequestModel):
    run_id: Id


class GetRun(PageToken):
    run_id: Id
    include_history: bool = False
    include_resolved_values: bool = False


class SubmitRun(RequestModel):
    """runs/submit, beside its tasks."""

    run_name: str = "Untitled"
    idempotency_token: Token = ""
    run_type: Literal[RunType.SUBMIT_RUN, RunType.WORKFLOW_RUN] = RunType.SUBMIT_RUN
    parent_run_id: Id = 0


class RunNow(Overrides):
    job_id: Id
    idempotency_token: Token = ""


class RepairRun(Overrides):
    run_id: Id
    rerun_tasks: list[str] = Field(default_factory=list)
    rerun_all_failed_tasks: bool = False
    rerun_dependent_tasks: bool = False
    latest_repair_id: Id = 0


class ListRuns(PageToken):
    """runs/list; times in ms."""

    job_id: Id | None = None
    active_only: bool = False
    completed_only: bool = False
    expand_tasks: bool = False
    run_type: RunType | None = None
    limit: Annotated[int, Field(ge=1, le=24)] = 20
    start_time_from: Count = 0
    start_time_to: Count = 2**62


class JobId(RequestModel):
    job_id: Id


class ListJobs(PageToken):
    """jobs/list; the name is compared without regard to case."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    expand_tasks: bool = False
    name: str = ""


class ChangeJob(RequestModel):
    job_id: Id
    new_settings: dict[str, Any] = Field(default_factory=dict)
    fields_to_remove: list[str] = Field(default_factory=list)


class ClusterId(RequestModel):
    cluster_id: str


def read_overrides(fields: Mapping[str, Any]) -> Overrides:
    """The parameters of a run-now or of a repair. Empty ones never conflict.

    Raises:
        InvalidParameter: two kinds exclude each other, or they are too long.
    """
    if fields.get("job_parameters"):
        _refuse(fields, "job_parameters", ("notebook_params", "python_params", *_OTHER_SLOTS))
    if fields.get("notebook_params"):
        _refuse(fields, "notebook_params", ("jar_params",))
    for slot in ("notebook_params", "python_params", *_OTHER_SLOTS):
        if len(json.dumps(fields.get(slot) or "")) > _MAX_OVERRIDE_BYTES:
            raise InvalidParameter(f"{slot}: over {_MAX_OVERRIDE_BYTES} bytes as JSON")
    return Overrides.model_validate(dict(fields))


def _refuse(fields: Mapping[str, Any], slot: str, others: tuple[str, ...]) -> None:
    for other in others:
        if fields.get(other):
            raise InvalidParameter(f"{slot} and {other} exclude each other")
