"""What stands in front of Spark's UI: the guard against web pages, the login, then the proxy."""

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from services import spark_connect
from services.browser_login import BrowserLogin
from services.http_guard import Guarded, allowed
from services.settings import Settings
from services.spark_ui.jws import signed_token
from services.spark_ui.reverse_proxy import ReverseProxy

HEALTH = "/health"
"""Answers without a login: that the door is there, and nothing of Spark."""


def app(settings: Settings) -> ASGIApp:
    """The whole of it; Spark's UI is where its Connect server is."""
    host, _ = spark_connect.endpoint(settings)
    proxy = ReverseProxy(host, settings.spark_ui_backend_port, signed_token(settings))
    login = BrowserLogin(
        proxy,
        settings.spark_token.get_secret_value(),
        f"pincloud-spark-ui-{settings.spark_ui_port}",
        setting="SPARK_TOKEN",
    )
    known = allowed(hosts=settings.allowed_hosts, origins=settings.allowed_origins)
    return Guarded(_with_health(login), known, pages=True)


def _with_health(app: ASGIApp) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == HEALTH:
            await PlainTextResponse("ok\n")(scope, receive, send)
        else:
            await app(scope, receive, send)

    return answer
