"""Paths without a route: 404 of the REST proxy, or 403 "Missing Authentication Token" of API Gateway."""

from starlette.responses import Response
from starlette.types import Scope

from services.gateway.body import header
from services.gateway.kinesis.responses import missing_token, with_request_ids
from services.gateway.kinesis.stream_paths import REST_ROOTS
from services.gateway.refused_request import RefusalError
from services.gateway.routing import stage_readings

NOT_FOUND = 404
_REST_PROXY_MEDIA = b"application/vnd.kafka"


def unknown_resource(scope: Scope, error: RefusalError) -> Response | None:
    """API Gateway's 403 for a path behind a stage that no resource has; None where the 404 stands.

    It stands for a path without a stage, for whatever begins like one of the REST proxy's, and for a
    client that speaks the REST proxy's content types.
    """
    if error.status != NOT_FOUND or error.code != NOT_FOUND:
        return None
    if _speaks_rest_proxy(scope) or not _is_behind_a_stage(scope["path"]):
        return None
    return with_request_ids(missing_token())


def _is_behind_a_stage(path: str) -> bool:
    staged = [(stage, segments[0]) for stage, segments in stage_readings(path) if stage]
    return any(REST_ROOTS.isdisjoint(pair) for pair in staged)


def _speaks_rest_proxy(scope: Scope) -> bool:
    media = (header(scope, b"content-type"), header(scope, b"accept"))
    return any(_REST_PROXY_MEDIA in (value or b"") for value in media)
