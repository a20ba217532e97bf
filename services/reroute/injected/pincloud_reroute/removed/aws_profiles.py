"""AWS profiles that this machine does not have: the local cloud asks for none."""

from __future__ import annotations

import functools
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..process_context import ProcessContext


def patch_botocore(module: ModuleType, context: ProcessContext) -> None:
    """Take a missing profile for an empty one, and have the local keys where there are none."""
    session, missing = module.Session, module.ProfileNotFound
    scoped, credentials = session.get_scoped_config, session.get_credentials

    @functools.wraps(scoped)
    def get_scoped_config(self: Any) -> Any:
        try:
            return scoped(self)
        except missing as error:
            _say(str(error), context)
            return {}

    @functools.wraps(credentials)
    def get_credentials(self: Any) -> Any:
        try:
            found = credentials(self)
        except missing as error:
            _say(str(error), context)
            found = None
        if found is None:
            ours = context.configuration.aws
            self.set_credentials(ours.access_key_id, ours.secret_access_key)
            found = self._credentials
        return found

    session.get_scoped_config = get_scoped_config
    session.get_credentials = get_credentials


def patch_boto3(module: ModuleType, context: ProcessContext) -> None:
    """`boto3.Session(profile_name=…)`: left out when there is no such profile."""
    session: Any = module.Session
    original = session.__init__

    @functools.wraps(original)
    def __init__(self: Any, *args: Any, **named: Any) -> None:
        profile = named.get("profile_name")
        if profile and profile not in _known(module):
            _say(f"AWS profile {profile} is not configured here", context)
            del named["profile_name"]
            named.setdefault("region_name", context.configuration.aws.region)
        original(self, *args, **named)

    session.__init__ = __init__


def _known(module: Any) -> list[str]:
    try:
        return list(module.botocore.session.Session().available_profiles)
    except Exception:
        return []


def _say(why: str, context: ProcessContext) -> None:
    context.say(f"{why}: the local keys are taken", key="aws profile")
