"""A container as Docker would describe it, for tests without Docker."""

from dataclasses import replace

from services.stack.compose.containers import Container

_HEALTHY = Container(
    id="a1",
    service="gateway",
    one_off=False,
    state="running",
    health="healthy",
    exit_code=0,
    out_of_memory=False,
    restarts=0,
    pid=7,
    started_at="2026-01-01T00:00:00.123456789Z",
    uptime=5,
    ports=frozenset(),
    image="sha256:1",
    configuration="c0ffee",
    check_output="",
)


def container(**changes: object) -> Container:
    """A healthy one of the gateway, but for what is named."""
    return replace(_HEALTHY, **changes)  # type: ignore[arg-type]  # its fields are named by the tests
