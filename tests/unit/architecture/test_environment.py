"""Who looks into the process environment."""

import re

from services.settings import PROJECT_ROOT

ALLOWED = (
    "services/settings.py",
    "services/checkout/",
    "services/reroute/injected/",  # in a user's process, where nothing else of ours is
)
READS = re.compile(r"\bos\.environ\b|\bgetenv\(|from os import .*environ")


def test_only_settings_and_checkout_look_into_the_environment() -> None:
    """Every other module is handed a setting, or asks `services.checkout.environment`."""
    files = [
        file
        for package in ("services", "spark_jobs", "benchmarks", "seed_data")
        for file in (PROJECT_ROOT / package).rglob("*.py")
    ]
    assert len(files) > 300
    found = {
        str(file.relative_to(PROJECT_ROOT))
        for file in files
        if READS.search(file.read_text(encoding="utf-8"))
    }
    assert sorted(name for name in found if not name.startswith(ALLOWED)) == []
