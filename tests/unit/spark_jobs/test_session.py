"""What happens without a server."""

import socket

import pytest

from services.settings import Settings
from spark_jobs.session import SparkUnreachableError, cause, connect


def test_no_server() -> None:
    """A server that is not there is named with its address and with what to do."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        remote = f"sc://127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(SparkUnreachableError, match=f"{remote}.*make up"):
            connect(Settings(spark_remote=remote))


def test_the_cause_of_a_grpc_error_is_its_details() -> None:
    """The first line of a gRPC error names a class; what happened stands below it."""
    text = '<_MultiThreadedRendezvous of RPC that terminated with:\n\tstatus = X\n\tdetails = "no such disk"\n>'
    assert cause(RuntimeError(text)) == 'details = "no such disk"'
    assert cause(RuntimeError("plain\nmore")) == "plain"
