"""What newer libraries and Pythons took away: it goes on doing what it did, and says so once."""

from __future__ import annotations

from .names import NAMES, answer

CHANGES = {
    "asyncio": "standard_library.patch_asyncio",
    "boto3.session": "aws_profiles.patch_boto3",
    "botocore.session": "aws_profiles.patch_botocore",
    "configparser": "standard_library.patch_configparser",
    "json": "standard_library.patch_json",
    "pandas": "pandas.patch",
    "random": "standard_library.patch_random",
    "sqlalchemy": "sqlalchemy.patch",
    "sqlalchemy.orm.session": "sqlalchemy.patch_session",
    "threading": "standard_library.patch_threading",
    "urllib3.response": "urllib3.patch_response",
    "urllib3.util.retry": "urllib3.patch_retry",
    "yaml": "yaml.patch",
}
"""Module of the user's → module of this package and its function that changes it: `patch(module, context)`."""

__all__ = ["CHANGES", "NAMES", "answer"]
