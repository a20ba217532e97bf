"""Calls that are forwarded to the REST proxy: topic metadata and consumers.

Only what is listed here reaches the proxy, by its own path, without the stage. Of headers only those are
forwarded that mean something to both ends; what belongs to one connection never is.
"""

from urllib.parse import quote

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.gateway.body import header, read_body
from services.gateway.budget import Budget
from services.gateway.kafka.consumers.instance_uri import instance_uri
from services.gateway.kafka_rest.call_errors import CallError, no_instance_id
from services.gateway.kafka_rest.connection_pool import RestAnswer, RestCall
from services.gateway.kafka_rest.rest_proxy_client import OK, RestProxyClient
from services.gateway.media import V2, check_accept, check_managed, records_format
from services.gateway.refused_request import not_found

_PARTITION = "/topics/{topic}/partitions/{partition:int}"
_INSTANCE = "/consumers/{group}/instances/{name}"
_FORWARDED = {
    "/": ["GET"],
    "/topics": ["GET"],
    "/topics/{topic}": ["GET"],
    "/topics/{topic}/partitions": ["GET"],
    _PARTITION: ["GET"],
    f"{_PARTITION}/offsets": ["GET"],
    _INSTANCE: ["DELETE"],
    f"{_INSTANCE}/subscription": ["GET", "POST", "DELETE"],
    f"{_INSTANCE}/assignments": ["GET", "POST"],
    f"{_INSTANCE}/positions": ["POST"],
    f"{_INSTANCE}/positions/beginning": ["POST"],
    f"{_INSTANCE}/positions/end": ["POST"],
    f"{_INSTANCE}/offsets": ["GET", "POST"],
}
_RESPONSE_HEADERS = ("Content-Type", "Retry-After", "Allow")


class _CreatedInstance(msgspec.Struct):
    instance_id: str


class ForwardedRoutes:
    """The metadata and consumer calls."""

    def __init__(self, client: RestProxyClient, budget: Budget) -> None:
        self._client = client
        self._budget = budget

    def routes(self) -> list[Route]:
        """Paths without a stage."""
        return [
            *(Route(path, self.forward, methods=methods) for path, methods in _FORWARDED.items()),
            Route(f"{_INSTANCE}/records", self.records, methods=["GET"]),
            Route("/consumers/{group}", self.create, methods=["POST"]),
        ]

    async def forward(self, request: Request) -> Response:
        """The proxy's own answer."""
        check_accept(header(request.scope, b"accept"))
        return _response(await self._call(request, V2))

    async def records(self, request: Request) -> Response:
        """Records, in the format that the client asks for."""
        format_ = records_format(header(request.scope, b"accept"))
        return _response(await self._call(request, format_.media_type))

    async def create(self, request: Request) -> Response:
        """Create an instance; its base_uri is the gateway's, so that the next call comes here."""
        check_accept(header(request.scope, b"accept"))
        answer = await self._call(request, V2)
        if answer.status == OK:
            name = _instance_id(answer)
            uri = instance_uri(request, request.path_params["group"], name)
            body = msgspec.json.encode({"instance_id": name, "base_uri": uri})
            answer = answer._replace(body=body)
        return _response(answer)

    async def _call(self, request: Request, accept: str) -> RestAnswer:
        check_managed(header(request.scope, b"content-type"))
        with self._budget.share() as share:
            body = await read_body(request.scope, request.receive, share, self._budget.limits)
            headers = {"Accept": accept, **({"Content-Type": V2} if body else {})}
            try:
                call = RestCall(request.method, _target(request), headers, body or None)
                return await self._client.call(call)
            except CallError as error:
                raise error.refusal() from error


def _target(request: Request) -> str:
    """Path and query of the forwarded request.

    Raises:
        RefusalError: 404, a segment would lead to another path than the route's.
    """
    path: str = request.scope["path"]
    if not {".", ".."}.isdisjoint(path.split("/")):
        raise not_found()
    query = request.scope["query_string"].decode("latin-1")
    return quote(path) + (f"?{query}" if query else "")


def _instance_id(answer: RestAnswer) -> str:
    """Name of the instance that was created.

    Raises:
        RefusalError: 503, this is no answer of a REST proxy.
    """
    try:
        return msgspec.json.decode(answer.body, type=_CreatedInstance).instance_id
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise no_instance_id().refusal() from error


def _response(answer: RestAnswer) -> Response:
    headers = {name: answer.headers[name] for name in _RESPONSE_HEADERS if name in answer.headers}
    return Response(answer.body, answer.status, headers)
