"""What our commands print: text is text, whoever wrote it; only our own styles and tables colour a terminal."""

import json
from collections.abc import Iterable
from typing import Any

import rich.console
from rich.segment import Segment
from rich.text import Text

from services.terminal_text import escaped


class Console(rich.console.Console):
    """rich's console, for which no text is markup, and which lets no control character of a text through."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"markup": False, "emoji": False, "highlight": False, **options})

    def render_str(self, text: str, **options: Any) -> Text:
        """The text, made harmless before its width counts."""
        return super().render_str(escaped(text), **options)

    def render(
        self,
        renderable: rich.console.RenderableType,
        options: rich.console.ConsoleOptions | None = None,
    ) -> Iterable[Segment]:
        """Whatever is printed, by whichever way it was made."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=escaped(segment.text))


def plain(value: object, style: str = "") -> Text:
    """Anybody's text for a table's cell or a line, shown as it is; control characters are spelled out."""
    return Text(escaped(str(value)), style)


def json_text(value: Any) -> str:
    """JSON that a terminal can show, too: control characters of its texts are written as JSON escapes them."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)
