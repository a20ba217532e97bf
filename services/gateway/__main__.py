"""`python -m services.gateway`: the API Gateway in front of Kafka and Kinesis."""

import argparse
import asyncio
import logging

from services.asgi import leave
from services.gateway.limits import Limits
from services.gateway.server import serve
from services.listening import reason
from services.settings import load_settings
from services.terminal import Console

DONE, FAILED = 0, 1


def main(argv: list[str] | None = None) -> int:
    """Serve until SIGTERM; exit code 1 when it could not serve, or records were left unsettled."""
    parser = argparse.ArgumentParser(prog="python -m services.gateway", description=__doc__)
    parser.add_argument("--port", type=int, help="instead of GATEWAY_PORT")
    options = parser.parse_args(argv)
    logging.basicConfig(format="gateway %(levelname)s %(message)s", level=logging.INFO)
    settings = load_settings(**({"gateway_port": options.port} if options.port else {}))
    try:
        left = asyncio.run(serve(settings, Limits.of(settings)))
    except OSError as error:
        Console(stderr=True).print(f"The gateway: {reason(error, 'GATEWAY_PORT')}", soft_wrap=True)
        return FAILED
    return FAILED if left else DONE


if __name__ == "__main__":
    leave(main())
