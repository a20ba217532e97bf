"""Become a process of Spark in this container.

python -m services.spark_server            the Spark Connect server
python -m services.spark_server master     the master of a Spark standalone cluster (SPARK_MASTER=spark://host:7077)
python -m services.spark_server worker     one of its workers
"""

import argparse
import os
from collections.abc import Callable, Sequence
from typing import NoReturn

from services.files import private_folder
from services.settings import Settings, inherited_without_settings, load_settings
from services.spark_server import cluster, server
from services.spark_server.deployment import SparkDeployment, container


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Write the configuration and go on as Java, in this very process."""
    role: Callable[[Settings, SparkDeployment], tuple[str, ...]] = _parser().parse_args(argv).role
    settings = load_settings()
    deployment = container(settings)
    command = role(settings, deployment)
    os.execve(command[0], command, _environment(deployment))  # noqa: S606 - no shell is wanted


def _environment(deployment: SparkDeployment) -> dict[str, str]:
    """Without our own settings: Spark takes SPARK_REMOTE for its own, and refuses to be a server then."""
    return {
        **inherited_without_settings(),
        **server.environment(),
        **cluster.environment(deployment),
    }


def _server(settings: Settings, deployment: SparkDeployment) -> tuple[str, ...]:
    server.prepare(settings, deployment)
    return server.command(settings, deployment)


def _master(settings: Settings, deployment: SparkDeployment) -> tuple[str, ...]:
    cluster.prepare(settings, deployment)
    return cluster.master_command(settings, deployment)


def _worker(settings: Settings, deployment: SparkDeployment) -> tuple[str, ...]:
    cluster.prepare(settings, deployment)
    private_folder(deployment.scratch)
    return cluster.worker_command(settings, deployment)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.spark_server", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.set_defaults(role=_server)
    roles = parser.add_subparsers(metavar="role")
    roles.add_parser("server", help="the Spark Connect server (the default)")
    roles.add_parser("master", help="a cluster's master").set_defaults(role=_master)
    roles.add_parser("worker", help="a cluster's worker").set_defaults(role=_worker)
    return parser


if __name__ == "__main__":
    main()
