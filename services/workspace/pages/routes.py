"""The addresses of the pages. They only show: nothing can be changed here."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from services.settings import Settings
from services.workspace.pages.notebook_html import notebook_html
from services.workspace.pages.overview import RUNS_A_PAGE, jobs, newest_runs
from services.workspace.pages.rendering import own_headers, page, sandboxed
from services.workspace.pages.run_views import EXECUTED, LOG, AttemptView, RunView
from services.workspace.runs.refusals import RunNotFound
from services.workspace.runs.store.run_record import Attempt, Run
from services.workspace.runs.store.run_store import RunStore

Handler = Callable[[Request], Awaitable[Response]]

_MOST_DIGITS = 18
_STYLE = files("services.workspace.pages").joinpath("templates/style.css")


def routes(store: RunStore, settings: Settings) -> list[Route]:
    """All pages; who may see them is decided before (`services.browser_login`, `services.http_guard`)."""
    pages = Pages(store, settings)
    return [
        _route("/", pages.overview),
        _route("/style.css", _style),
        _route("/runs/{run_id}", pages.run),
        _route("/runs/{run_id}/notebook", pages.notebook),
        _route("/runs/{run_id}/notebook/content", pages.content),
        _route("/runs/{run_id}/executed.ipynb", pages.executed),
        _route("/runs/{run_id}/log", pages.log),
    ]


def _route(path: str, handler: Handler) -> Route:
    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except (Missing, RunNotFound) as error:
            return page("missing.html", 404, text=str(error), active=False)

    return Route(path, answer, methods=["GET"])


class Missing(Exception):
    """There is nothing to show; the message says of what."""


async def _style(_: Request) -> Response:
    return Response(_STYLE.read_bytes(), media_type="text/css", headers=own_headers())


@dataclass(frozen=True)
class Pages:
    store: RunStore
    settings: Settings

    async def overview(self, request: Request) -> Response:
        """Jobs and runs, the newest first."""
        skip = _number(request.query_params.get("skip", ""))
        runs = newest_runs(self.store, skip)
        return page(
            "overview.html",
            jobs=jobs(self.store, self.settings.workspace_state / "jobs"),
            runs=runs[:RUNS_A_PAGE],
            newer=max(skip - RUNS_A_PAGE, 0) if skip else None,
            older=skip + RUNS_A_PAGE if len(runs) > RUNS_A_PAGE else None,
            active=any(run.active for run in runs),
        )

    async def run(self, request: Request) -> Response:
        """A run with its tasks; by the id of one of its attempts, with that one alone."""
        run, attempt = self._located(request)
        attempts = [attempt] if attempt else run.attempts
        views = [AttemptView.of(run, one, self.store) for one in attempts]
        shown = RunView.of(run)
        return page("run.html", run=shown, attempts=views, active=shown.active, alone=bool(attempt))

    async def notebook(self, request: Request) -> Response:
        """An executed notebook, as far as it has come, in a frame that keeps it apart."""
        run, attempt = self._executed(request)
        view = AttemptView.of(run, attempt, self.store)
        return page(
            "notebook.html", run=RunView.of(run), attempt=view, active=not attempt.state.terminal
        )

    async def content(self, request: Request) -> Response:
        """What is in the frame."""
        _, attempt = self._executed(request)
        file = self._file(attempt, EXECUTED)
        return sandboxed(await asyncio.to_thread(notebook_html, file))

    async def executed(self, request: Request) -> Response:
        """The executed notebook, to keep."""
        _, attempt = self._executed(request)
        file = self._file(attempt, EXECUTED)
        name = f"{attempt.task_key}-{attempt.run_id}.ipynb"
        return FileResponse(
            file, filename=name, media_type="application/x-ipynb+json", headers=own_headers()
        )

    async def log(self, request: Request) -> Response:
        _, attempt = self._executed(request)
        file = self._file(attempt, LOG)
        return FileResponse(file, media_type="text/plain", headers=own_headers())

    def _located(self, request: Request) -> tuple[Run, Attempt | None]:
        text: str = request.path_params["run_id"]
        if not _is_number(text):
            raise Missing(f"Run {text[:_MOST_DIGITS]!r} does not exist.")
        return self.store.locate(int(text))

    def _executed(self, request: Request) -> tuple[Run, Attempt]:
        """A run and the attempt that is meant: of a whole run, its newest."""
        run, attempt = self._located(request)
        if not attempt and not run.attempts:
            raise Missing(f"Run {run.run_id} has not begun any task.")
        return run, attempt or run.attempts[-1]

    def _file(self, attempt: Attempt, name: str) -> Path:
        file = self.store.folder(attempt.run_id) / name
        if not file.is_file():
            raise Missing(f"Run {attempt.run_id} left no {name}.")
        return file


def _number(text: str) -> int:
    return int(text) if _is_number(text) else 0


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
