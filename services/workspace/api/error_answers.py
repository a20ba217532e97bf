"""Databricks' error body, and which of our refusals is which of its codes."""

from pydantic import ValidationError

from services.workspace.runs.definition.request_model import described
from services.workspace.runs.refusals import (
    Refusal,
    TooManyRuns,
    UnknownJob,
    UnknownRun,
    WrongRequest,
    WrongState,
)


class ApiError(Exception):
    """An answer other than 200.

    Attributes:
        status: The HTTP status.
        code: Databricks' error code.
        message: What happened, for the one who asked.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    def body(self) -> dict[str, str]:
        """The answer's body."""
        return {"error_code": self.code, "message": self.message}


def wrong(message: str) -> ApiError:
    """A field that is missing or cannot be used."""
    return ApiError(400, "INVALID_PARAMETER_VALUE", message)


def malformed(message: str) -> ApiError:
    """A body that is no JSON object."""
    return ApiError(400, "MALFORMED_REQUEST", message)


_REFUSALS: dict[type[Refusal], tuple[int, str]] = {
    WrongRequest: (400, "INVALID_PARAMETER_VALUE"),
    UnknownJob: (400, "INVALID_PARAMETER_VALUE"),
    UnknownRun: (404, "RESOURCE_DOES_NOT_EXIST"),
    WrongState: (400, "INVALID_STATE"),
    TooManyRuns: (429, "RESOURCE_EXHAUSTED"),
}


def of_refusal(refusal: Refusal) -> ApiError:
    """The answer to a request that cannot be met.

    An unknown run is 404: a retry of Airflow's then submits anew, and takes any other error for a failure.
    """
    return ApiError(*_REFUSALS[type(refusal)], str(refusal))


def of_validation(error: ValidationError) -> ApiError:
    """The answer to fields that cannot be used; each is named."""
    return wrong(described(error))
