"""HTTP: `/api/<version>/<call>`, JSON in and out, and every failure in Databricks' shape."""

import logging
from collections.abc import Mapping

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from services.workspace.api import auth
from services.workspace.api.api_call import Answer, Handler, read_call
from services.workspace.api.error_answers import JobsApiError, from_refusal, from_validation
from services.workspace.runs.refusals import Refusal

log = logging.getLogger(__name__)

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_VERSIONS = ("2.0", "2.1", "2.2")


class Transport:
    """Finds the handler of a request, and shapes what comes of it."""

    def __init__(self, table: Mapping[tuple[str, str], Handler], token: str) -> None:
        """Serve the calls of a table: `(method, path)`, where a last `*` is any word."""
        self._table = table
        self._token = token

    def route(self) -> Route:
        return Route("/api/{version}/{path:path}", self.answer, methods=METHODS)

    async def answer(self, request: Request) -> JSONResponse:
        """Answer one request; nothing is read of its body before its token is known to be right."""
        try:
            auth.check(request.headers.get("authorization", ""), self._token)
            return JSONResponse(await self._handled(request))
        except JobsApiError as error:
            return _failure(error)
        except Refusal as refusal:
            return _failure(from_refusal(refusal))
        except ValidationError as error:
            return _failure(from_validation(error))
        except Exception as error:
            log.exception("%s %s failed", request.method, request.url.path)
            text = f"The workspace failed, see its log: {type(error).__name__}"
            return _failure(JobsApiError(500, "INTERNAL_ERROR", text))

    async def _handled(self, request: Request) -> Answer:
        path = "/".join(part for part in request.path_params["path"].split("/") if part)
        if request.path_params["version"] not in _VERSIONS:
            raise _no_such_call(request.method, path)
        if path.startswith("sql/"):
            text = "SQL warehouses are not served here: query by a notebook's %sql"
            raise JobsApiError(501, "NOT_IMPLEMENTED", text)
        handler, tail = self._find(request.method, path)
        return await handler(await read_call(request, tail))

    def _find(self, method: str, path: str) -> tuple[Handler, str]:
        if handler := self._table.get((method, path)):
            return handler, ""
        folder, _, tail = path.rpartition("/")
        if handler := self._table.get((method, f"{folder}/*")):
            return handler, tail
        raise _no_such_call(method, path)


def _no_such_call(method: str, path: str) -> JobsApiError:
    return JobsApiError(404, "ENDPOINT_NOT_FOUND", f"No API found for '{method} /{path}'")


def _failure(error: JobsApiError) -> JSONResponse:
    return JSONResponse(error.body(), error.status)
