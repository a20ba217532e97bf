"""How a service is, in either runtime."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ServiceStatus:
    """One row of `make status`. Memory is in bytes (native: PSS on Linux), uptime in seconds."""

    name: str
    state: str
    pid: int
    uptime: int
    memory: int
    url: str

    @property
    def runs(self) -> bool:
        """Whether there is a process; supervisord calls its first second STARTING."""
        return self.state in {"STARTING", "RUNNING"}


@dataclass(frozen=True)
class ContainerStatus(ServiceStatus):
    """A service that may run in several containers: memory and restarts are those of all, the rest is the first's.

    Attributes:
        health: `healthy`, `starting`, `unhealthy`, or empty where nothing is checked.
        restarts: How often Docker had to start it again.
    """

    health: str
    restarts: int
