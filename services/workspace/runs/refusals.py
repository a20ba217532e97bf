"""Why a request about runs or jobs cannot be met; each message is written for the one who asked."""


class Refusal(Exception):
    """The request cannot be met; nothing was changed."""


class InvalidParameter(Refusal):
    """A field is missing, or its value cannot be used."""


class RunNotFound(Refusal):
    """There is no such run."""

    def __init__(self, run_id: int) -> None:
        super().__init__(f"Run {run_id} does not exist.")


class JobNotFound(Refusal):
    """There is no such job."""

    def __init__(self, job_id: int) -> None:
        super().__init__(f"Job {job_id} does not exist.")


class InvalidState(Refusal):
    """The run is not in the state that the request needs."""


class TooManyRuns(Refusal):
    """More runs are active than this machine should run."""
