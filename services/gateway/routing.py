"""From a path to its route: any first segment may be a stage; double and trailing slashes are ignored.

A path is tried as it is first, then without its first segment, so a stage may even be called
`topics`. Everything that is registered is registered without a stage.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Scope

from services.gateway.refused_request import RefusalError, not_found

Endpoint = Callable[[Request], Awaitable[Response]]


def stage_readings(path: str) -> Iterator[tuple[str, list[str]]]:
    """The ways to read a path: (stage or "", segments after it), the likelier first."""
    segments = [segment for segment in path.split("/") if segment]
    yield "", segments
    if len(segments) > 1:
        yield segments[0], segments[1:]


class MatchedRoute(NamedTuple):
    """The route of a request.

    Attributes:
        path: The route's pattern, a label for metrics.
        endpoint: Serves the request.
        scope: The request's scope, with `path_params` and `stage`.
    """

    path: str
    endpoint: Endpoint
    scope: Scope


class Router:
    """Starlette's routes behind stages, with the REST proxy's 404 and 405."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._routes = list(routes)

    def find(self, scope: Scope) -> MatchedRoute:
        """The route that serves the request.

        Raises:
            RefusalError: 404 without a route, 405 without the method.
        """
        for stage, segments in stage_readings(scope["path"]):
            inner = {**scope, "path": "/" + "/".join(segments), "stage": stage}
            allowed: set[str] = set()
            for route in self._routes:
                match, child = route.matches(inner)
                if match is Match.FULL:
                    return MatchedRoute(route.path, route.endpoint, {**inner, **child})
                if match is Match.PARTIAL:
                    allowed |= route.methods or set()
            if allowed:
                raise _not_allowed(allowed)
        raise not_found()


def _not_allowed(allowed: set[str]) -> RefusalError:
    allow = ", ".join(sorted(allowed))
    return RefusalError(405, "HTTP 405 Method Not Allowed", headers={"Allow": allow})
