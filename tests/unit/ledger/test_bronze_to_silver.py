"""Bronze against silver and quarantine."""

import numpy as np

from services.ledger.bronze_to_silver import compare_silver
from services.ledger.finding import Fault
from services.ledger.hop_comparison import Hop
from services.ledger.offsets import by_partition, offsets
from services.ledger.stores.lake import Bronze, Silver
from services.records.ind import NO_IND

TOPIC = "0a1b2c3d4e5f.pin"


def _bronze(*inds: int) -> Bronze:
    """Offsets 0, 1, 2 … of partition 0."""
    found, partitions = np.arange(len(inds)), np.zeros(len(inds), dtype=np.int64)
    held = by_partition(partitions, found)
    return Bronze(Hop("bronze", held), partitions, found, np.array(inds))


def _silver(*inds: int, progress: int) -> Silver:
    return Silver(offsets(inds), {0: progress})


def test_ids_of_bronze_are_silver_and_quarantine() -> None:
    """A row posted twice is one row of silver; what is no row is quarantined."""
    found = compare_silver(
        TOPIC, _bronze(5, 6, 5, NO_IND), _silver(5, 6, progress=4), {0: offsets([3])}
    )
    assert (found.findings, found.pending) == ([], 0)


def test_a_row_that_is_nowhere_is_lost() -> None:
    """Silver has come past it, and neither holds it nor was it quarantined."""
    (found,) = compare_silver(TOPIC, _bronze(5, 6), _silver(5, progress=2), {}).findings
    assert (found.fault, found.first, found.records) == (Fault.LOST, 1, 1)


def test_an_unusable_row_outside_quarantine_is_lost() -> None:
    """No ind, and not quarantined."""
    (found,) = compare_silver(TOPIC, _bronze(5, NO_IND), _silver(5, progress=2), {}).findings
    assert (found.fault, found.first) == (Fault.LOST, 1)


def test_bronze_beyond_silvers_progress_is_pending() -> None:
    """The batch has not come so far."""
    found = compare_silver(TOPIC, _bronze(5, 6, 7), _silver(5, progress=1), {})
    assert (found.findings, found.pending) == ([], 2)


def test_a_doubled_id_a_doubled_quarantine_row_and_strangers_are_named() -> None:
    """Each is a finding of its own."""
    found = compare_silver(
        TOPIC, _bronze(5, NO_IND), _silver(5, 5, 8, progress=2), {0: offsets([1, 1, 9])}
    ).findings
    assert {(f.fault, f.where, f.first) for f in found} == {
        (Fault.DOUBLED, "silver", 5),
        (Fault.DOUBLED, "bronze → silver + quarantine", 8),
        (Fault.DOUBLED, "quarantine", 1),
        (Fault.DOUBLED, "bronze → silver + quarantine", 9),
    }
