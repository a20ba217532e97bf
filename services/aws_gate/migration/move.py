"""The move as a whole: all of it, or nothing, however often it is begun."""

import asyncio
import logging
import os
import shutil
import time

from urllib3.exceptions import HTTPError

from services.aws_gate.migration.recording import requests
from services.aws_gate.migration.replay import Outcome, Replay
from services.aws_gate.s3proxy.layout import S3Layout
from services.aws_gate.s3proxy.process import S3Proxy
from services.aws_gate.signature import Keys

log = logging.getLogger(__name__)


async def move_recording(layout: S3Layout, keys: Keys) -> None:
    """Turn an old recording into objects, when there is one.

    The objects get their folder's name once all are there, and the recording its new name after that: a start that
    was interrupted begins anew, or only renames.
    """
    if not layout.recording.exists():
        return
    if not layout.objects.exists():
        await _build(layout, keys)
        layout.incoming.rename(layout.objects)
    layout.recording.rename(layout.moved_recording)


async def _build(layout: S3Layout, keys: Keys) -> None:
    started = time.monotonic()
    shutil.rmtree(layout.incoming, ignore_errors=True)
    server = await S3Proxy.start(layout, layout.incoming, keys)
    try:
        replay = Replay(server.address, keys)
        outcome = await asyncio.to_thread(replay.run, requests(layout.recording))
    except HTTPError as error:
        raise RuntimeError(f"{layout.recording} could not be moved yet: {error}") from error
    finally:
        await server.stop()
    os.sync()
    _report(layout, outcome, time.monotonic() - started)


def _report(layout: S3Layout, outcome: Outcome, seconds: float) -> None:
    log.info(
        "S3 was moved from %s to %s: %d requests repeated in %.1f s, %d not",
        layout.moved_recording,
        layout.objects,
        outcome.repeated,
        seconds,
        len(outcome.lost),
    )
    for line in outcome.lost:
        log.warning("not moved: %s", line)
