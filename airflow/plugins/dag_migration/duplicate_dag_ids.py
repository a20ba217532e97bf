"""DAG ids that several of the user's files name."""

from collections.abc import Mapping, Sequence
from pathlib import Path


def find(ids: Mapping[Path, Sequence[str]]) -> dict[Path, str]:
    """What is wrong with a file whose DAG has the id of an earlier file's DAG.

    Args:
        ids: The literal ids of each file, in the order in which the files count.
    """
    owners: dict[str, Path] = {}
    wrong: dict[Path, str] = {}
    for path, names in ids.items():
        for name in names:
            owner = owners.setdefault(name, path)
            if owner != path:
                wrong[path] = (
                    f"The DAG id {name!r} is already that of {owner.as_posix()!r}: Airflow would "
                    "show now one, now the other. Give one of them another id."
                )
    return wrong
