"""Who may call the API: whoever has the workspace's token."""

import base64
import binascii
import hmac

from services.workspace.api.error_answers import JobsApiError


def check(header: str, token: str) -> None:
    """Take `Bearer <token>`, or Basic with the user `token`.

    Raises:
        JobsApiError: 401 when there is no credential, 403 when it is another one.
    """
    scheme, _, given = header.strip().partition(" ")
    if scheme.lower() == "basic":
        given = _password(given)
    elif scheme.lower() != "bearer":
        given = ""
    if not given.strip():
        raise JobsApiError(
            401,
            "UNAUTHENTICATED",
            "Credential was not sent: Authorization: Bearer <WORKSPACE_TOKEN>",
        )
    if not hmac.compare_digest(given.strip().encode(), token.encode()):
        raise JobsApiError(
            403, "PERMISSION_DENIED", "Invalid access token: it is not WORKSPACE_TOKEN"
        )


def _password(encoded: str) -> str:
    """The password of Basic's user `token`; empty for another user or another coding."""
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return password if user == "token" else ""
