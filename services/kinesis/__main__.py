"""`python -m services.kinesis`: Kinesis Data Streams for the native runtime."""

import argparse
import asyncio
import logging
from pathlib import Path

from services.asgi import leave
from services.http_guard import Allowed, allowed
from services.kinesis.engine import Engine, EngineOptions
from services.kinesis.server import serve
from services.kinesis.storage.damaged_file import DamagedFileError
from services.listening import reason
from services.settings import load_settings
from services.terminal import Console

DONE, FAILED = 0, 1


def main(argv: list[str] | None = None) -> int:
    """Serve until SIGTERM; exit code 1 when the port or the data cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m services.kinesis", description=__doc__)
    parser.add_argument("--port", type=int, help="instead of KINESIS_PORT")
    parser.add_argument("--data", type=Path, help="folder instead of <STATE_DIR>/data/kinesis")
    options = parser.parse_args(argv)
    logging.basicConfig(format="kinesis %(levelname)s %(message)s", level=logging.INFO)
    settings = load_settings(**({"kinesis_port": options.port} if options.port else {}))
    data = options.data or settings.state_dir / "data" / "kinesis"
    names = allowed(hosts=settings.allowed_hosts, origins=settings.allowed_origins)
    return run(
        data, settings.listen_host, settings.kinesis_port, settings.aws_default_region, names
    )


def run(data: Path, host: str, port: int, region: str, allowed: Allowed) -> int:
    console = Console(stderr=True)
    try:
        engine = Engine(data, EngineOptions(region=region))
    except BlockingIOError:
        console.print(f"{data} is in use by another Kinesis; stop that one first")
        return FAILED
    except (OSError, DamagedFileError) as error:
        console.print(f"cannot open {data}: {error}")
        return FAILED
    try:
        asyncio.run(serve(engine, host, port, allowed))
    except OSError as error:
        console.print(f"Kinesis: {reason(error, 'KINESIS_PORT')}", soft_wrap=True)
        return FAILED
    finally:
        engine.close()
    return DONE


if __name__ == "__main__":
    leave(main())
