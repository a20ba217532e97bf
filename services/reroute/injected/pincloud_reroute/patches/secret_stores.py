"""botocore: Secrets Manager and Parameter Store answer with local values, as a missing file does."""

from __future__ import annotations

import functools
import json
from types import ModuleType
from typing import TYPE_CHECKING, Any, Callable
from urllib.parse import urlsplit

from ..credentials.contents import contents, is_whole
from ..credentials.formats.tree import merged
from ..credentials.meaning.values import Values
from ..credentials.usage.project import read_usage
from ..hosts import is_local

if TYPE_CHECKING:
    from ..process_context import ProcessContext


def patch(module: ModuleType, context: ProcessContext) -> None:
    """Change the one method that every call of every client comes through."""
    original, stores = module.BaseClient._make_api_call, _Stores(context)

    @functools.wraps(original)
    def _make_api_call(self: Any, operation_name: str, api_params: Any) -> Any:
        answer = stores.ANSWERS.get((self.meta.service_model.service_name, operation_name))
        if answer is None or is_local(urlsplit(self.meta.endpoint_url).hostname or ""):
            return original(self, operation_name, api_params)
        return answer(stores, api_params) or original(self, operation_name, api_params)

    module.BaseClient._make_api_call = _make_api_call


class _Stores:
    def __init__(self, context: ProcessContext) -> None:
        self._here = context
        self._values = Values(context.configuration)

    def secret(self, asked: Any) -> dict[str, Any] | None:
        """The keys that the script asks of this secret, as JSON; one value where it asks for none."""
        name = str(asked.get("SecretId"))
        node = read_usage(self._here.configuration.root).named(name)
        found = contents(node, self._values)
        self._say(f"secret {name}", found.unknown)
        if not node.facts.keys and not node.facts.splats and not node.facts.loaders:
            value = self._value(name)
            return None if value is None else {"Name": name, "SecretString": value}
        usual = {} if is_whole(node) else self._values.usual()
        return {"Name": name, "SecretString": json.dumps(merged(usual, found.tree))}

    def parameter(self, asked: Any) -> dict[str, Any] | None:
        """One parameter, by its name's parts."""
        found = self._parameters([str(asked.get("Name"))])
        return {"Parameter": found[0]} if found else None

    def parameters(self, asked: Any) -> dict[str, Any] | None:
        """Several."""
        found = self._parameters([str(name) for name in asked.get("Names", ())])
        return {"Parameters": found, "InvalidParameters": []} if found else None

    def _parameters(self, names: list[str]) -> list[dict[str, str]]:
        values = {name: self._value(name) for name in names}
        for name, value in values.items():
            self._say(f"parameter {name}", [(name,)] if value is None else [])
        return [
            {"Name": name, "Type": "String", "Value": value}
            for name, value in values.items()
            if value
        ]

    def _value(self, name: str) -> str | None:
        usage = read_usage(self._here.configuration.root).named(name).facts
        value = self._values.find(*name.strip("/").split("/"), usage=usage)
        return None if value is None else str(value)

    def _say(self, what: str, unknown: list[tuple[str, ...]]) -> None:
        self._here.offer(f"AWS's {what}", unknown)
        self._here.say(f"{what} of AWS is offered with local values", key=what)

    ANSWERS: dict[tuple[str, str], Callable[[_Stores, Any], dict[str, Any] | None]] = {  # noqa: RUF012
        ("secretsmanager", "GetSecretValue"): secret,
        ("ssm", "GetParameter"): parameter,
        ("ssm", "GetParameters"): parameters,
    }
