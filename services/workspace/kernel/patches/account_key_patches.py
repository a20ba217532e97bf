"""boto3 in a notebook: the stand-ins for an AWS account's keys are the account's keys where it signs."""

from typing import Any

from botocore.credentials import Credentials

from services.settings import Settings
from services.workspace.credentials import STAND_IN, own_keys
from services.workspace.kernel.patches.patching import Method, replace_method


def install(settings: Settings) -> None:
    """Change botocore's credentials, which every client and session makes of the keys it is given or finds."""
    own = own_keys(settings)

    def make(original: Method) -> Method:
        def init(
            credentials: Any, access_key: Any, secret_key: Any, *args: Any, **named: Any
        ) -> None:
            keys = own if access_key == STAND_IN.access_key_id else (access_key, secret_key)
            original(credentials, *keys, *args, **named)

        return init

    replace_method(Credentials, "__init__", make)
