"""Airflow's states as words in their colours."""

from rich.text import Text

from services.terminal import plain

_STYLES = {
    "success": "green",
    "failed": "bold red",
    "upstream_failed": "red",
    "up_for_retry": "yellow",
    "running": "cyan",
}


def state(word: str) -> Text:
    return plain(word.replace("_", " "), _STYLES.get(word, ""))
