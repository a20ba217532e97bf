"""A login for pages in a browser: the token once in the address or a form, then a cookie that is not the token.

`http://127.0.0.1:8070/?token=…` answers with the cookie and a redirect to the same address without the token, as
Jupyter does. A program may send the token as `Authorization: Bearer …` instead.
"""

import hmac
import html
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

FIELD = "token"
"""The query's parameter, and the form's field."""

_SENT = "login"
"""Parameter of a query that says: this POST is the form's."""

_UNAUTHORIZED, _SEE_OTHER = 401, 303
_MONTH_SECONDS = 30 * 24 * 3600
_MAX_FORM_BYTES = 4096

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Login · pincloud</title>
<style>body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 4rem auto; padding: 0 1rem }}
input {{ font: inherit; width: 100%; box-sizing: border-box; margin: .5rem 0 }}</style></head><body>
<h1>Token, please</h1>
<p>{problem}These pages show code and data, so they ask who you are, once. <code>make status</code> prints the address
with the token; it is also <code>{setting}</code> in <code>.env</code>.</p>
<form method="post" action="{action}">
<label>Token <input type="password" name="token" autocomplete="current-password" required autofocus></label>
<button>Log in</button>
</form></body></html>
"""


class BrowserLogin:
    """ASGI middleware: lets through who has the token or the cookie, and shows everybody else a form."""

    def __init__(
        self, app: ASGIApp, token: str, cookie_name: str, *, setting: str = "WORKSPACE_TOKEN"
    ) -> None:
        """Protect an app.

        Args:
            app: What is protected.
            token: Must not be empty.
            cookie_name: One for each port: a browser sends a host's cookies to all of its ports.
            setting: Name of the token's setting, for the form.
        """
        self._app = app
        self._token = token.encode()
        self._cookie_name = cookie_name
        self._cookie = hmac.new(self._token, cookie_name.encode(), "sha256").hexdigest()
        self._setting = setting

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        response = await self._login(request)
        if response is None and self._is_known(request):
            await self._app(scope, receive, send)
        else:
            await (response or self._form(request))(scope, receive, send)

    async def _login(self, request: Request) -> Response | None:
        """The answer to a token in the query or the form; None when there is neither."""
        if request.method == "POST" and _SENT in request.query_params:
            given = await _form_token(request)
        elif request.method in {"GET", "HEAD"} and FIELD in request.query_params:
            given = request.query_params[FIELD]
        else:
            return None
        if not self._is_token(given):
            return self._form(request, "That is not the token. ")
        answer = RedirectResponse(_address(request), _SEE_OTHER, headers=_HEADERS)
        answer.set_cookie(
            self._cookie_name, self._cookie, max_age=_MONTH_SECONDS, httponly=True, samesite="lax"
        )
        return answer

    def _is_known(self, request: Request) -> bool:
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self._is_token(bearer.strip()):
            return True
        cookie = request.cookies.get(self._cookie_name, "")
        return hmac.compare_digest(cookie.encode(), self._cookie.encode())

    def _is_token(self, given: str) -> bool:
        return bool(self._token) and hmac.compare_digest(given.encode(), self._token)

    def _form(self, request: Request, problem: str = "") -> Response:
        action = html.escape(_address(request, [(_SENT, "1")]))
        text = _PAGE.format(action=action, problem=problem, setting=html.escape(self._setting))
        headers = {**_HEADERS, "WWW-Authenticate": "Bearer"}
        return HTMLResponse(text, _UNAUTHORIZED, headers=headers)


def login_address(url: str, token: str) -> str:
    """What a person opens to be logged in; `url` is that of a page, or of a server."""
    page = url if urlsplit(url).path else f"{url}/"
    return f"{page}?{urlencode({FIELD: token})}"


async def _form_token(request: Request) -> str:
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MAX_FORM_BYTES:
                return ""
    except ClientDisconnect:
        return ""
    return dict(parse_qsl(body.decode("latin-1"))).get(FIELD, "")


def _address(request: Request, more: list[tuple[str, str]] | None = None) -> str:
    """The address of a request without what a login adds to it; always one of this very server."""
    path = quote("/" + request.scope["path"].lstrip("/"), errors="replace")
    kept = [pair for pair in request.query_params.multi_items() if pair[0] not in {FIELD, _SENT}]
    query = urlencode([*kept, *(more or [])])
    return f"{path}?{query}" if query else path
