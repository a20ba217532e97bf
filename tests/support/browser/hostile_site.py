"""A site that attacks from a page, and a service that lets it: the proof that the attack works."""

import contextlib
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from selenium.webdriver.remote.webdriver import WebDriver

from services.settings import HOST

NAME = "evil.example"
RESOLVER = f"--host-resolver-rules=MAP {NAME} {HOST}"
"""What makes the browser find this machine under the site's name, as a name that is bound anew does."""

_PAGE = Path(__file__).with_name("hostile_page.html").read_bytes()
_ATTACK = """
const [reads, writes, done] = arguments;
attack(reads, writes).then(done, (error) => done([`the attack failed: ${error}`]));
"""

Write = tuple[str, str]
"""Address, and the body to send there."""


class _Site(BaseHTTPRequestHandler):
    """The page at `/`; everything else is open to everybody, and is remembered when it is posted."""

    posted: list[str]

    def do_GET(self) -> None:
        self._answer(_PAGE if self.path == "/" else b"a secret", "text/html")

    def do_POST(self) -> None:
        self.posted.append(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())
        self._answer(b"", "text/plain")

    def _answer(self, body: bytes, media: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media)
        self.send_header("Access-Control-Allow-Origin", self.headers.get("Origin", "*"))
        self.send_header("Access-Control-Allow-Credentials", "true")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Be quiet."""


class HostileSite:
    """Attacks by a browser, from whichever name of this machine."""

    def __init__(self, driver: WebDriver, port: int) -> None:
        self._driver = driver
        self._port = port

    def attack(self, name: str, reads: Sequence[str], writes: Sequence[Write]) -> list[str]:
        """What a page of `http://<name>:<port>` could read."""
        self._driver.get(f"http://{name}:{self._port}/")
        stolen: list[str] = self._driver.execute_async_script(
            _ATTACK, list(reads), [list(each) for each in writes]
        )
        return stolen

    def see(self, url: str) -> str:
        """All that a page shows when the browser opens it."""
        self._driver.get(url)
        return self._driver.page_source


@contextlib.contextmanager
def hostile_site(driver: WebDriver) -> Iterator[HostileSite]:
    """A site on a free port."""
    with _served() as (port, _):
        driver.set_script_timeout(60)
        yield HostileSite(driver, port)


@contextlib.contextmanager
def open_service() -> Iterator[tuple[str, list[str]]]:
    """A service without any check: its address, and what was posted to it."""
    with _served() as (port, posted):
        yield f"http://{HOST}:{port}/secret", posted


@contextlib.contextmanager
def _served() -> Iterator[tuple[int, list[str]]]:
    posted: list[str] = []
    handler: Any = type("Site", (_Site,), {"posted": posted})
    with ThreadingHTTPServer((HOST, 0), handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server.server_port, posted
        finally:
            server.shutdown()
            thread.join()
