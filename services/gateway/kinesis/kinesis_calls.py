"""Calls to Kinesis by boto3, off the event loop: each is tried once, and its failure is an outcome.

Retries belong to the writer, which knows what was certainly not stored; boto3's own would double records.
"""

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from services.aws import kinesis_client
from services.gateway.kinesis.put_outcome import (
    SERVICE_UNAVAILABLE,
    KinesisCallError,
    KinesisFailed,
    KinesisOutcome,
    KinesisStored,
    failed_call,
    failed_entry,
    unknown,
)
from services.gateway.kinesis.request_bodies import KinesisRecord
from services.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_kinesis.type_defs import (
        PutRecordsOutputTypeDef,
        PutRecordsRequestEntryTypeDef,
    )

PUT_THREADS = 8
CONTROL_THREADS = 4
CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 16.0
"""LocalStack takes seconds for a call when it holds many records, and a record given up is one of unknown
outcome. With the writer's deadline before it, less than API Gateway's 29 s."""

_ONCE = Config(
    connect_timeout=CONNECT_SECONDS,
    read_timeout=ANSWER_SECONDS,
    retries={"total_max_attempts": 1},
    max_pool_connections=PUT_THREADS + CONTROL_THREADS,
    parameter_validation=False,
    tcp_keepalive=True,
)


class KinesisCalls:
    """The one Kinesis client of a gateway; no call is made before the first request needs one."""

    def __init__(self, settings: Settings) -> None:
        self._client = kinesis_client(settings, _ONCE)
        self._puts = ThreadPoolExecutor(PUT_THREADS, thread_name_prefix="kinesis-put")
        self._controls = ThreadPoolExecutor(CONTROL_THREADS, thread_name_prefix="kinesis-control")
        self._unavailable_since: float | None = None

    @property
    def unavailable_seconds(self) -> float:
        """For how long no connection could be made; 0 when the last call got through."""
        return (
            0.0 if self._unavailable_since is None else time.monotonic() - self._unavailable_since
        )

    async def put(
        self, stream: str, records: Sequence[KinesisRecord]
    ) -> list[KinesisOutcome] | KinesisFailed:
        """PutRecords. Never raises for what Kinesis does.

        Returns:
            One outcome a record, in the same order; or the failure of the whole call.
        """
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(self._puts, self._put, stream, records)
        self._track_availability(answer)
        return answer

    async def control(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Any other operation, by boto3's name; the answer without boto3's additions.

        Raises:
            RefusedError: it failed.
        """
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(self._controls, self._control, operation, parameters)
        self._track_availability(answer)
        if isinstance(answer, KinesisFailed):
            raise KinesisCallError(answer)
        return answer

    def close(self) -> None:
        """Take no more calls; one that still waits for an answer is left behind."""
        self._puts.shutdown(wait=False, cancel_futures=True)
        self._controls.shutdown(wait=False, cancel_futures=True)

    def _put(
        self, stream: str, records: Sequence[KinesisRecord]
    ) -> list[KinesisOutcome] | KinesisFailed:
        entries: list[PutRecordsRequestEntryTypeDef] = [
            {"Data": record.data, "PartitionKey": record.key} for record in records
        ]
        try:
            answer = self._client.put_records(StreamName=stream, Records=entries)
        except (BotoCoreError, ClientError) as error:
            return failed_call(error).about(stream)
        return _outcomes(answer, len(records))

    def _control(
        self, operation: str, parameters: dict[str, Any]
    ) -> dict[str, Any] | KinesisFailed:
        try:
            answer: dict[str, Any] = getattr(self._client, operation)(**parameters)
        except (BotoCoreError, ClientError) as error:
            return failed_call(error).about(parameters.get("StreamName", ""))
        answer.pop("ResponseMetadata", None)
        return answer

    def _track_availability(self, answer: object) -> None:
        if not (isinstance(answer, KinesisFailed) and answer.kind == SERVICE_UNAVAILABLE):
            self._unavailable_since = None
        elif self._unavailable_since is None:
            self._unavailable_since = time.monotonic()


def _outcomes(
    answer: "PutRecordsOutputTypeDef", count: int
) -> list[KinesisOutcome] | KinesisFailed:
    """The outcome of each record; unknown when the answer has another number of entries."""
    entries = answer.get("Records", [])
    if len(entries) != count:
        return unknown("Kinesis' answer has another number of records")
    return [_outcome(entry) for entry in entries]


def _outcome(entry: Any) -> KinesisOutcome:
    if "ErrorCode" in entry:
        return failed_entry(entry["ErrorCode"], entry.get("ErrorMessage", ""))
    if entry.get("ShardId") and entry.get("SequenceNumber"):
        return KinesisStored(entry["ShardId"], entry["SequenceNumber"])
    return unknown("Kinesis' answer tells no sequence number")
