"""Serves everything under `/streams`, and turns errors into responses of Kinesis or API Gateway."""

import logging

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope

from services.gateway.body import header, read_body
from services.gateway.budget import Budget, BudgetShare
from services.gateway.kinesis import responses
from services.gateway.kinesis.kinesis_calls import KinesisCalls
from services.gateway.kinesis.project_streams import ProjectStreams
from services.gateway.kinesis.put_outcome import KinesisCallError, failed_check
from services.gateway.kinesis.request_bodies import one_record, several_records
from services.gateway.kinesis.stream_operations import OPERATIONS
from services.gateway.kinesis.stream_paths import StreamTarget
from services.gateway.kinesis.stream_queue import QueueContext
from services.gateway.kinesis.stream_writer import StreamWriter
from services.gateway.media import media_types
from services.gateway.metrics import GatewayMetrics
from services.gateway.refused_request import JSON, RefusalError
from services.records.kinesis_api import KinesisError, check_stream_name
from services.settings import Settings

log = logging.getLogger(__name__)

_READABLE = frozenset({JSON, "application/x-amz-json-1.1"})


class KinesisBackend:
    """The Kinesis proxy with its client and writer; make it inside the event loop that serves it."""

    def __init__(self, settings: Settings, budget: Budget, metrics: GatewayMetrics) -> None:
        self._budget = budget
        self._calls = KinesisCalls(settings)
        self.streams = ProjectStreams(self._calls, settings.stream_shards)
        retry_seconds = budget.limits.stream_seconds
        self.writer = StreamWriter(QueueContext(self._calls, self.streams, metrics, retry_seconds))

    async def __call__(self, scope: Scope, receive: Receive, target: StreamTarget) -> Response:
        """Serve one request.

        Raises:
            ClientDisconnect: the client went away before its body was complete.
        """
        try:
            response = await self._serve(scope, receive, target)
        except KinesisError as error:
            response = responses.kinesis_error(failed_check(error))
        except KinesisCallError as error:
            response = responses.kinesis_error(error.failed)
        except RefusalError as error:
            response = responses.refused(error)
        except ClientDisconnect:
            raise
        except Exception:
            log.exception("unforeseen failure at %s %r", scope["method"], scope["path"])
            response = responses.gateway_error(500, "Internal server error")
        return responses.with_request_ids(response)

    def close(self) -> None:
        self._calls.close()

    async def _serve(self, scope: Scope, receive: Receive, target: StreamTarget) -> Response:
        if not target.operation:
            return responses.missing_token()
        if not _readable(header(scope, b"content-type")):
            return responses.gateway_error(415, "Unsupported Media Type")
        with self._budget.share() as share:
            body = await read_body(scope, receive, share, self._budget.limits)
            if target.operation in OPERATIONS:
                return await OPERATIONS[target.operation](self._calls, scope, target, body)
            return await self._put(target, body, share)

    async def _put(self, target: StreamTarget, body: bytes, share: BudgetShare) -> Response:
        check_stream_name(target.stream)
        stream = target.stream or ""
        if target.operation == "put_record":
            record = one_record(body)
            share.take_records(1)
            return responses.put_record((await self.writer.write(stream, [record]))[0])
        records = several_records(body)
        share.take_records(len(records))
        return responses.put_records(await self.writer.write(stream, records))


def _readable(content_type: bytes | None) -> bool:
    """None at all counts as JSON, as API Gateway has it."""
    return content_type is None or all(name in _READABLE for name in media_types(content_type))
