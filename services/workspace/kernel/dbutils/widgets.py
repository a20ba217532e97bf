"""`dbutils.widgets`: a notebook's parameters."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import ClassVar

from services.workspace.kernel.dbutils.help_texts import WithHelp


class InputWidgetNotDefined(Exception):
    """No widget and no parameter has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"No input widget named {name} is defined")


class InvalidDefaultValue(ValueError):
    """A widget's default is not one of its choices."""


class WidgetsUtils(WithHelp):
    """The widgets of a notebook and of all that it runs with `%run`.

    A value comes from, strongest first: the innermost `%run` that gives one, the run's parameters, the default.
    What a `%run` gives holds while the other notebook runs, and not after it.
    """

    _part: ClassVar[str] = "widgets"

    def __init__(self, parameters: Mapping[str, object]) -> None:
        self._layers: list[Mapping[str, str]] = [_texts(parameters)]
        self._defaults: dict[str, str] = {}

    @contextmanager
    def overriding(self, values: Mapping[str, object]) -> Iterator[None]:
        """Let `%run`'s values hold for the time of the other notebook."""
        self._layers.append(_texts(values))
        try:
            yield
        finally:
            self._layers.pop()

    def text(self, name: str, defaultValue: object, label: str | None = None) -> None:
        """Create a field for text; one that exists stays as it is."""
        self._create(name, defaultValue)

    def combobox(
        self,
        name: str,
        defaultValue: object,
        choices: Sequence[object],
        label: str | None = None,
    ) -> None:
        """Create a field for text with suggestions."""
        self._create(name, defaultValue)

    def dropdown(
        self,
        name: str,
        defaultValue: object,
        choices: Sequence[object],
        label: str | None = None,
    ) -> None:
        """Create a choice of one.

        Raises:
            InvalidDefaultValue: the default is none of the choices.
        """
        self._create(name, _chosen(name, defaultValue, choices))

    def multiselect(
        self,
        name: str,
        defaultValue: object,
        choices: Sequence[object],
        label: str | None = None,
    ) -> None:
        """Create a choice of several; `get` joins them with commas.

        Raises:
            InvalidDefaultValue: the default is none of the choices.
        """
        self._create(name, _chosen(name, defaultValue, choices))

    def get(self, name: str) -> str:
        """The value, always text.

        Raises:
            InputWidgetNotDefined: neither a widget nor a parameter has this name.
        """
        value = self.getAll().get(name)
        if value is None:
            raise InputWidgetNotDefined(name)
        return value

    def getArgument(self, name: str, defaultValue: object = None) -> str:
        """The value, else the default.

        Raises:
            InputWidgetNotDefined: there is neither.
        """
        value = self.getAll().get(name)
        if value is None and defaultValue is None:
            raise InputWidgetNotDefined(name)
        return str(defaultValue) if value is None else value

    def getAll(self) -> dict[str, str]:
        """Every widget's and parameter's value."""
        values = dict(self._defaults)
        for layer in self._layers:
            values.update(layer)
        return values

    def remove(self, name: str) -> None:
        """Forget a widget; a parameter of its name stays.

        Raises:
            InputWidgetNotDefined: neither a widget nor a parameter has this name.
        """
        if name not in self.getAll():
            raise InputWidgetNotDefined(name)
        self._defaults.pop(name, None)

    def removeAll(self) -> None:
        self._defaults.clear()

    def _create(self, name: str, default: object) -> None:
        self._defaults.setdefault(str(name), str(default))


def _texts(values: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items()}


def _chosen(name: str, default: object, choices: Sequence[object]) -> str:
    texts = [str(choice) for choice in choices]
    if str(default) not in texts:
        raise InvalidDefaultValue(
            f"The default {default} of the widget {name} is none of its choices: {', '.join(texts)}."
        )
    return str(default)
