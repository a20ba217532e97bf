"""`python -m services.streams provision`: make the speed layer's streams."""

import argparse
import sys

from botocore.exceptions import BotoCoreError, ClientError

from services.aws import kinesis_client, kinesis_url
from services.settings import load_settings
from services.streams.provision import CLIENT_CONFIG, StreamOptions, provision
from services.streams.shared import shared_streams
from services.terminal import Console

DONE, FAILED = 0, 1


def main(argv: list[str] | None = None) -> int:
    """Exit code 1 when Kinesis refuses or does not answer."""
    parser = argparse.ArgumentParser(prog="python -m services.streams", description=__doc__)
    parser.add_argument("command", choices=["provision"])
    parser.parse_args(argv)
    settings = load_settings()
    options = StreamOptions(
        settings.user_id,
        settings.stream_shards,
        settings.stream_retention_hours,
        tuple(shared_streams(settings.lake)),
    )
    try:
        made = provision(kinesis_client(settings, CLIENT_CONFIG), options)
    except (BotoCoreError, ClientError) as error:
        text = f"the streams could not be made at {kinesis_url(settings)}: {error}. Run it again."
        Console(stderr=True).print(text, soft_wrap=True)
        return FAILED
    text = f"made {', '.join(made)}" if made else "the streams are there"
    Console().print(text, soft_wrap=True)
    return DONE


if __name__ == "__main__":
    sys.exit(main())
