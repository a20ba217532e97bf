"""The least that an HTTP server can do: read the body, answer 200. The gateway's limit.

python -m benchmarks.load.bare_http_server --port 9000
"""

import argparse
import asyncio
import signal

from starlette.types import Receive, Scope, Send

from services.asgi import embedded_server
from services.settings import HOST

_ANSWER = (
    b'{"offsets":[{"partition":0,"offset":1,"error_code":null,"error":null}],'
    b'"key_schema_id":null,"value_schema_id":null}'
)
_HEADERS = [
    (b"content-type", b"application/vnd.kafka.v2+json"),
    (b"content-length", str(len(_ANSWER)).encode()),
]


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer every request as the gateway answers a produced record."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": _ANSWER})


async def serve(port: int) -> None:
    """Serve until SIGTERM."""
    server = embedded_server(app, HOST, port)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.stop)
    await server.serve()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.load.bare_http_server", description=__doc__
    )
    parser.add_argument("--port", type=int, required=True)
    asyncio.run(serve(parser.parse_args().port))
