"""Reads what a run's processes noted in the run's folder."""

from pathlib import Path

from services.reroute.injected.pincloud_reroute.notes import AWS, BROKER, HOST, read_notes
from services.reroute.report.diagnosis import Traces


def read_traces(folder: Path) -> Traces:
    """Where else they went."""
    found = read_notes(str(folder))
    return Traces(found.get(HOST, []), found.get(AWS, []), found.get(BROKER, []))
