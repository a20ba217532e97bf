"""Templates to answers, with the headers that keep a page to itself."""

import functools
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_PAGE = (
    "default-src 'none'; style-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_FOREIGN = (
    "sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox; "
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data:; font-src data:; media-src data:; frame-src data: about:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""For what notebooks show: it runs in an origin of its own, reads nothing, loads nothing, calls nobody."""


@functools.cache
def _templates() -> Environment:
    loader = PackageLoader("services.workspace.pages")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)


def template(name: str, **values: Any) -> str:
    """A filled template; every value is escaped."""
    return _templates().get_template(name).render(**values)


def page(name: str, status: int = 200, **values: Any) -> HTMLResponse:
    """One of our own pages."""
    return HTMLResponse(template(name, **values), status, headers=own_headers())


def sandboxed(html: str) -> HTMLResponse:
    """HTML that a notebook made."""
    return HTMLResponse(html, headers={**_HEADERS, "Content-Security-Policy": _FOREIGN})


def own_headers() -> dict[str, str]:
    """Headers of all that is ours."""
    return {**_HEADERS, "Content-Security-Policy": _PAGE}
