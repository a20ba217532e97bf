"""What is refused by a request's head alone, whoever has signed it."""

from services.aws_gate.errors import Answer, error
from services.aws_gate.request_head import RequestHead
from services.http_guard import Allowed, refusal

_METHODS = {"GET", "HEAD", "PUT", "POST", "DELETE"}


def refused(head: RequestHead, allowed: Allowed) -> Answer | None:
    """The refusal of a web page's request, of another method, or of one that two servers could read differently."""
    if why := refusal(head.method, head.headers, allowed):
        return error(head, 403, "AccessDenied", why)
    if head.method == "OPTIONS":
        return error(head, 403, "AccessForbidden", "No web page of another origin may call this.")
    if head.method not in _METHODS:
        return error(head, 405, "MethodNotAllowed", "This method is none of S3's or Kinesis'.")
    if not head.target.startswith("/"):
        return error(head, 400, "InvalidURI", "The request's target must be a path.")
    if head.header("transfer-encoding") and head.header("content-length"):
        text = "Content-Length and Transfer-Encoding exclude each other."
        return error(head, 400, "InvalidRequest", text)
    return None
