"""Databricks' error body, and the HTTP status and error code of each refusal."""

from pydantic import ValidationError

from services.workspace.runs.definition.request_model import describe_validation_error
from services.workspace.runs.refusals import (
    InvalidParameter,
    InvalidState,
    JobNotFound,
    Refusal,
    RunNotFound,
    TooManyRuns,
)


class JobsApiError(Exception):
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
        return {"error_code": self.code, "message": self.message}


def invalid_parameter(message: str) -> JobsApiError:
    """A field that is missing or cannot be used."""
    return JobsApiError(400, "INVALID_PARAMETER_VALUE", message)


def malformed_request(message: str) -> JobsApiError:
    """A body that is no JSON object."""
    return JobsApiError(400, "MALFORMED_REQUEST", message)


_REFUSALS: dict[type[Refusal], tuple[int, str]] = {
    InvalidParameter: (400, "INVALID_PARAMETER_VALUE"),
    JobNotFound: (400, "INVALID_PARAMETER_VALUE"),
    RunNotFound: (404, "RESOURCE_DOES_NOT_EXIST"),
    InvalidState: (400, "INVALID_STATE"),
    TooManyRuns: (429, "RESOURCE_EXHAUSTED"),
}


def from_refusal(refusal: Refusal) -> JobsApiError:
    """The answer to a request that cannot be met.

    An unknown run is 404: a retry of Airflow's then submits anew, and takes any other error for a failure.
    """
    return JobsApiError(*_REFUSALS[type(refusal)], str(refusal))


def from_validation(error: ValidationError) -> JobsApiError:
    """The answer to fields that cannot be used; each is named."""
    return invalid_parameter(describe_validation_error(error))
