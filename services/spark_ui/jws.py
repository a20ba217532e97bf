"""What opens Spark's own `JWSFilter`: a key that both sides derive from SPARK_TOKEN, and a token signed with it."""

import base64
import hmac
import json

from services.settings import Settings

_PURPOSE = b"pincloud: Spark's UI"


def secret_key(settings: Settings) -> str:
    """The filter's `secretKey`, base64url."""
    return base64.urlsafe_b64encode(_key(settings)).decode("ascii")


def signed_token(settings: Settings) -> str:
    """A JSON Web Token that never leaves this machine: the door adds it to what it lets through."""
    signed = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part({'sub': 'door'})}"
    return f"{signed}.{_base64(hmac.digest(_key(settings), signed.encode(), 'sha256'))}"


def _key(settings: Settings) -> bytes:
    return hmac.digest(settings.spark_token.get_secret_value().encode(), _PURPOSE, "sha256")


def _part(content: dict[str, str]) -> str:
    return _base64(json.dumps(content).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")
