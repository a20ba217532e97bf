"""The sink's metrics over HTTP."""

import urllib3

from services.free_ports import free_port
from services.http_guard import allowed
from services.s3_sink.prometheus import SinkMetrics
from services.settings import HOST


def test_the_metrics_are_for_this_machine_alone() -> None:
    """A scraper gets them; a page under a foreign name, or of another site, does not."""
    port = free_port()
    SinkMetrics(allowed(hosts="prometheus.lan")).serve(HOST, port)
    url = f"http://{HOST}:{port}/metrics"

    def status(**headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return urllib3.request("GET", url, headers=named, retries=False).status

    assert b"s3_sink_halted_total 0.0" in urllib3.request("GET", url).data
    assert status(Host=f"localhost:{port}") == 200
    assert status(Host="prometheus.lan") == 200
    assert status(Host=f"evil.example:{port}") == 403
    assert status(Origin="https://evil.example") == 403
    assert status(Sec_Fetch_Site="cross-site") == 403
