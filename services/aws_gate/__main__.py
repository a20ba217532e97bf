"""`python -m services.aws_gate`: S3 and Kinesis behind one port, which asks for the stack's own keys."""

import argparse
import asyncio
import logging
from pathlib import Path

from services import http_guard
from services.asgi import leave
from services.aws_gate.s3proxy.layout import S3Layout
from services.aws_gate.serve import GateOptions, serve
from services.aws_gate.signature import Keys
from services.aws_gate.upstream import Address
from services.listening import reason
from services.settings import HOST, Settings, load_settings

DONE, FAILED, USAGE = 0, 1, 2

log = logging.getLogger("services.aws_gate")


def main(argv: list[str] | None = None) -> int:
    """Serve until SIGTERM; exit code 1 when it cannot, and when s3proxy has ended."""
    parser = argparse.ArgumentParser(prog="python -m services.aws_gate", description=__doc__)
    parser.add_argument("--port", type=int, help="instead of AWS_PORT")
    parser.add_argument(
        "--kinesis", metavar="HOST:PORT", help="the Kinesis engine, instead of KINESIS_PORT here"
    )
    parser.add_argument(
        "--emulator",
        metavar="HOST:PORT",
        help="with AWS_ENGINE=localstack: where it is",
    )
    parser.add_argument("--data", type=Path, help="folder instead of <STATE_DIR>/data/aws")
    arguments = parser.parse_args(argv)
    logging.basicConfig(format="aws %(levelname)s %(message)s", level=logging.INFO)
    settings = load_settings(**({"aws_port": arguments.port} if arguments.port else {}))
    if not settings.aws_access_key_id.get_secret_value():
        log.error("AWS_ACCESS_KEY_ID is not set: `make up` generates it into .env")
        return FAILED
    kinesis = _address(parser, arguments.kinesis) or Address(HOST, settings.kinesis_port)
    named = _address(parser, arguments.emulator)
    emulator = named if settings.aws_engine == "localstack" else None
    data = (arguments.data or settings.state_dir / "data" / "aws").resolve()
    return run(_options(settings, kinesis, emulator, data))


def _address(parser: argparse.ArgumentParser, text: str | None) -> Address | None:
    """None for an option that was not given."""
    if text is None:
        return None
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal():
        parser.error(f"{text}: HOST:PORT is expected")
    return Address(host, int(port))


def run(options: GateOptions) -> int:
    try:
        return asyncio.run(serve(options))
    except OSError as error:
        log.error("%s", reason(error, "AWS_PORT"))  # noqa: TRY400 - a sentence, no traceback
        return FAILED
    except RuntimeError as error:
        log.error("%s", error)  # noqa: TRY400 - as above
        return FAILED


def _options(
    settings: Settings, kinesis: Address, emulator: Address | None, data: Path
) -> GateOptions:
    return GateOptions(
        listen=Address(settings.listen_host, settings.aws_port),
        kinesis=kinesis,
        layout=S3Layout(data),
        keys=Keys(
            settings.aws_access_key_id.get_secret_value(),
            settings.aws_secret_access_key.get_secret_value(),
        ),
        allowed=http_guard.allowed(hosts=settings.allowed_hosts, origins=settings.allowed_origins),
        durable=settings.s3_fsync,
        emulator=emulator,
    )


if __name__ == "__main__":
    leave(main())
