"""Why a script posted nothing, or had every post refused: what it sent where, and what the cloud would have said."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from services.records.kinesis_api import NOT_FOUND
from services.reroute.report.exchanges import Exchange, Exchanges
from services.terminal_text import one_line

MOST_SHOWN = 8
OK, MULTIPLE_CHOICES, SERVER_ERROR = 200, 300, 500

ROUTES = (
    "POST /<stage>/topics/<12 hex digits>.pin (.geo, .user) or PUT /<stage>/streams/<stream>/record"
)


@dataclass(frozen=True)
class Traces:
    """What a run's processes left behind of where else they went.

    Attributes:
        hosts: `host:port` of HTTP connections that were not rerouted.
        aws: Services of AWS that were asked by boto3.
        brokers: Kafka's brokers that were asked without the gateway.
    """

    hosts: list[str] = field(default_factory=list)
    aws: list[str] = field(default_factory=list)
    brokers: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Rule:
    """What an answer means.

    Attributes:
        status: The statuses that it is about, as a regular expression.
        cloud: What the cloud would have said.
        advice: What to do.
        code: Their codes.
        path: Their paths.
        message: Part of the message.
    """

    status: str
    cloud: str
    advice: str
    code: str = ".*"
    path: str = ".*"
    message: str = ".*"

    def matches(self, exchange: Exchange) -> bool:
        pairs = (
            (self.status, str(exchange.status)),
            (self.code, exchange.code),
            (self.path, exchange.path),
            (self.message, exchange.message),
        )
        return all(re.fullmatch(one, text, re.DOTALL) for one, text in pairs)


_RULES = (
    Rule(
        "2..",
        "the same",
        f"It is no post of records, though: those are {ROUTES}.",
    ),
    Rule(
        "403",
        "403 Missing Authentication Token, as API Gateway says of a path or method that it has no resource for",
        f"Correct the URL or the method: {ROUTES}.",
        message=".*[Mm]issing Authentication Token.*",
    ),
    Rule(
        "404",
        "404 with error code 40403 of the Kafka REST proxy: there is no such topic",
        "Correct the topic's name (<12 hex digits>.pin, .geo or .user), or make that topic first.",
        code="40403",
    ),
    Rule(
        "404",
        "404 of the Kafka REST proxy, or 403 Missing Authentication Token where API Gateway has no such resource",
        f"Correct the URL: {ROUTES}.",
    ),
    Rule(
        "405",
        "403 Missing Authentication Token: API Gateway has no such method on this resource",
        f"Correct the method: {ROUTES}.",
    ),
    Rule(
        "415",
        "415 Unsupported Media Type, as the Kafka REST proxy",
        "Send the header Content-Type: application/vnd.kafka.json.v2+json.",
        path=".*/topics/.*",
    ),
    Rule(
        "415",
        "415 Unsupported Media Type, as API Gateway",
        "Send the header Content-Type: application/json.",
    ),
    Rule(
        "400|422",
        "422 Unprocessable Entity, as the Kafka REST proxy: the body has another shape",
        'Send json.dumps({"records": [{"value": {…}}]}), as text, with dates as text (default=str).',
        path=".*/topics/.*",
    ),
    Rule(
        "400",
        "400 ResourceNotFoundException, as Kinesis",
        "Correct the stream's name, or make that stream first.",
        code=NOT_FOUND,
    ),
    Rule(
        "4..",
        "the same, as Kinesis behind API Gateway",
        'Send {"StreamName": …, "Data": {…}, "PartitionKey": …} as JSON.',
        path=".*/streams.*",
    ),
    Rule(
        "413",
        "413, or Kafka's error 10 (record too large)",
        "Send less in one request.",
    ),
    Rule(
        "5..",
        "a 5xx too, while its Kafka or its Kinesis is away",
        "`make status` shows what does not run, `make logs SERVICE=gateway` why.",
    ),
)


def diagnose(exchanges: Exchanges, traces: Traces, *, failed: bool = False) -> list[str]:
    """Sentences for the user, one line each; third-party text in them is on one line.

    Args:
        exchanges: What the gateway was asked.
        traces: Where else the script went.
        failed: It ended with an error, which it has shown itself.
    """
    if not exchanges.counts:
        return list(_nothing_sent(traces, failed=failed))
    lines: list[str] = []
    for exchange, times in exchanges.counts.most_common(MOST_SHOWN):
        lines += _explained(exchange, times)
    if (more := len(exchanges.counts) - MOST_SHOWN) > 0:
        lines.append(f"… and {more} other kinds of requests.")
    if traces.hosts:
        lines.append(_elsewhere(traces.hosts))
    return lines


def _explained(exchange: Exchange, times: int) -> Iterator[str]:
    sent = f"{exchange.method} {exchange.path} (meant for {exchange.host})"
    media = f", Content-Type {exchange.media}" if exchange.media else ", no Content-Type"
    yield one_line(f"{times} × {sent}{media if exchange.method != 'GET' else ''}") + ":"
    yield f"  The answer was {_answer(exchange)}"
    rule = next((rule for rule in _RULES if rule.matches(exchange)), None)
    if rule is not None:
        yield f"  The cloud would have said {rule.cloud}. {rule.advice}"


def _answer(exchange: Exchange) -> str:
    code = "" if exchange.code == str(exchange.status) else exchange.code
    message = exchange.message.removeprefix(f"HTTP {exchange.status} ")
    return one_line(" ".join(filter(None, (str(exchange.status), code, message))))


def _nothing_sent(traces: Traces, *, failed: bool) -> Iterator[str]:
    if failed:
        yield "It ended with an error before its first request to the gateway; the error stands above."
    else:
        yield "No request of the script reached the gateway."
    if traces.aws or traces.brokers:
        yield (
            f"It talked to {_listed([*traces.aws, *traces.brokers])} directly, which is not counted here: "
            "`make ledger` counts what is in the streams and topics."
        )
    if traces.hosts:
        yield _elsewhere(traces.hosts)
    if not (failed or traces.aws or traces.brokers or traces.hosts):
        yield (
            "It opened no HTTP connection at all: does it end before its loop, post only when called with an "
            'argument (ARGS="…"), or only define functions that nothing calls?'
        )


def _elsewhere(hosts: list[str]) -> str:
    return (
        f"It also sent requests to {_listed(hosts)}, which are not rerouted: only *.execute-api.*.amazonaws.com, "
        "REST proxies on EC2 (port 8082) and the local gateway are. Put one of those into its URL."
    )


def _listed(names: Iterable[str]) -> str:
    shown = list(dict.fromkeys(names))
    more = f" and {len(shown) - MOST_SHOWN} more" if len(shown) > MOST_SHOWN else ""
    return one_line(", ".join(shown[:MOST_SHOWN]) + more)
