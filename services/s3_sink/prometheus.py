"""The sink's metrics for Prometheus; that the page answers also means that the sink is ready."""

import socketserver
import threading
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, Counter, Gauge, make_wsgi_app

from services.http_guard import Allowed, guarded_wsgi
from services.listening import binding
from services.s3_sink.flush import ObjectFile


class SinkMetrics:
    def __init__(self, allowed: Allowed) -> None:
        self._allowed = allowed
        self.registry = CollectorRegistry()
        self._records = self._counter("s3_sink_records", "Records in objects.", "topic")
        self._objects = self._counter("s3_sink_objects", "Objects written.", "topic")
        self._bytes = self._counter("s3_sink_bytes", "Bytes in objects.", "topic")
        self.refills = self._counter("s3_sink_refills", "Times that lost objects were put back.")
        self.halted = self._counter("s3_sink_halted", "Partitions given up until a restart.")
        self.lag = Gauge(
            "s3_sink_lag",
            "Records of the log that are in no object.",
            ("topic", "partition"),
            registry=self.registry,
        )
        self._committed = Gauge(
            "s3_sink_last_commit_seconds", "When the last object was done.", registry=self.registry
        )

    def _counter(self, name: str, help_text: str, *labels: str) -> Counter:
        return Counter(name, help_text, labels, registry=self.registry)

    def count(self, file: ObjectFile) -> None:
        """An object is written and its offset committed."""
        topic = file.partition.topic
        self._records.labels(topic).inc(len(file.lines))
        self._objects.labels(topic).inc()
        self._bytes.labels(topic).inc(sum(map(len, file.lines)))
        self._committed.set_to_current_time()

    def serve(self, host: str, port: int) -> None:
        """Answer `GET /metrics` from now on.

        Raises:
            OSError: see `services.listening`.
        """
        app = guarded_wsgi(make_wsgi_app(self.registry), self._allowed)
        with binding(host, port):
            server = make_server(host, port, app, _Server, _QuietHandler)
        threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _QuietHandler(WSGIRequestHandler):
    """Logs no requests."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class' name
        pass
