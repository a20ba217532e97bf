"""`python -m services.kinesis`: Kinesis Data Streams for the native runtime."""

import argparse
import asyncio
import logging
from pathlib import Path

from services.asgi import leave
from services.kinesis.engine import Engine, EngineOptions
from services.kinesis.server import serve
from services.kinesis.storage.damaged_file import DamagedFileError
from services.settings import HOST, load_settings
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
    return run(data, settings.kinesis_port, settings.aws_default_region)


def run(data: Path, port: int, region: str) -> int:
    console = Console(stderr=True)
    try:
        engine = Engine(data, EngineOptions(region=region))
    except BlockingIOError:
        console.print(f"{data} is in use by another Kinesis; stop that one first", markup=False)
        return FAILED
    except (OSError, DamagedFileError) as error:
        console.print(f"cannot open {data}: {error}", markup=False)
        return FAILED
    try:
        asyncio.run(serve(engine, port))
    except OSError as error:
        text = f"cannot listen on {HOST}:{port}: {error}; set another KINESIS_PORT, or stop what holds it"
        console.print(text, markup=False)
        return FAILED
    finally:
        engine.close()
    return DONE


if __name__ == "__main__":
    leave(main())
