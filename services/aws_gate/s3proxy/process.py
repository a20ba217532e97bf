"""s3proxy as a child process: its command, its configuration, its start and its end."""

import asyncio
import contextlib
from asyncio.subprocess import Process
from pathlib import Path

import psutil

from services.aws_gate.s3proxy.layout import S3Layout
from services.aws_gate.signature import Keys
from services.aws_gate.upstream import Address
from services.checkout.environment import inherited
from services.files import private_folder, write_private
from services.free_ports import free_port
from services.settings import HOST
from services.setup.jars import jar_dir
from services.setup.java import java

HEAP = "256m"

_MAIN = "org.gaul.s3proxy.Main"
_POLL_SECONDS = 0.05
_STOP_SECONDS = 10.0
_OPTIONS = (
    f"-Xmx{HEAP}",
    "-Xss512k",
    "-XX:+UseSerialGC",
    "-XX:MaxDirectMemorySize=64m",
    "-XX:+ExitOnOutOfMemoryError",
    "-Djava.net.preferIPv4Stack=true",
    "-Dsun.jnu.encoding=UTF-8",  # names of files, whatever the locale
    "-Dfile.encoding=UTF-8",
)
_LOGGING = """\
<configuration>
  <appender name="console" class="ch.qos.logback.core.ConsoleAppender">
    <target>System.out</target>
    <encoder><pattern>s3proxy %level %msg %rEx{short}%n</pattern></encoder>
  </appender>
  <root level="WARN"><appender-ref ref="console"/></root>
</configuration>
"""


class S3Proxy:
    """One running server."""

    def __init__(self, process: Process, address: Address) -> None:
        self.process = process
        self.address = address

    @classmethod
    async def start(cls, layout: S3Layout, objects: Path, keys: Keys) -> "S3Proxy":
        """Start it over a folder of buckets, on a port of its own, and wait until it listens.

        Raises:
            RuntimeError: it ended instead.
        """
        address = Address(HOST, free_port())
        private_folder(objects)
        write_private(layout.logging, _LOGGING)
        write_private(layout.properties, properties(address, objects, keys))
        process = await asyncio.create_subprocess_exec(
            *_command(layout), env={**inherited(), "LC_ALL": "C.UTF-8"}
        )
        server = cls(process, address)
        try:
            await server._wait_until_it_listens()
        except BaseException:
            await server.stop()
            raise
        return server

    async def stop(self) -> None:
        """End it; what it is about to write gets some seconds."""
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
            try:
                await asyncio.wait_for(self.process.wait(), _STOP_SECONDS)
            except TimeoutError:
                self.process.kill()
        await self.process.wait()

    async def _wait_until_it_listens(self) -> None:
        while not await _listens(self.address):
            if self.process.returncode is not None:
                raise RuntimeError(
                    f"s3proxy ended with code {self.process.returncode} at its start"
                )
            await asyncio.sleep(_POLL_SECONDS)


def properties(address: Address, objects: Path, keys: Keys) -> str:
    """The server's configuration: signatures of both versions are checked, no page of another origin may call."""
    return "".join(
        f"{name}={_escaped(value)}\n"
        for name, value in {
            "s3proxy.endpoint": f"http://{address.host}:{address.port}",
            "s3proxy.authorization": "aws-v2-or-v4",
            "s3proxy.identity": keys.access_key_id,
            "s3proxy.credential": keys.secret_access_key,
            "jclouds.provider": "filesystem",
            "jclouds.filesystem.basedir": str(objects),
        }.items()
    )


def _escaped(value: str) -> str:
    """A value as java.util.Properties reads it."""
    escaped = value.replace("\\", "\\\\")
    return "".join(sign if sign.isascii() else f"\\u{ord(sign):04x}" for sign in escaped)


def _command(layout: S3Layout) -> list[str]:
    return [
        str(java()),
        *("-cp", f"{jar_dir('s3')}/*"),
        f"-Dlogback.configurationFile={layout.logging}",
        *_OPTIONS,
        _MAIN,
        *("--properties", str(layout.properties)),
    ]


async def _listens(address: Address) -> bool:
    try:
        _, writer = await asyncio.open_connection(*address)
    except OSError:
        return False
    writer.close()
    return True


def end_orphan(layout: S3Layout) -> None:
    """End the server of a gate that was killed: two must not write into one folder.

    It is known by its command line, which names this folder's configuration: a process number alone can be a
    stranger's by now.
    """
    marks = {_MAIN, str(layout.properties)}
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if marks <= set(process.cmdline()):
                process.terminate()
                for alive in psutil.wait_procs([process], _STOP_SECONDS)[1]:
                    alive.kill()
                    alive.wait(_STOP_SECONDS)
