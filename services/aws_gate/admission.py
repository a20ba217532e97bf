"""What is refused, and in which words: by a request's head alone, whoever has signed it, or for what it is."""

from services.aws_gate.errors import Answer, error
from services.aws_gate.object_path import UnstorableKeyError
from services.aws_gate.request_head import RequestHead
from services.aws_gate.routing import UnknownServiceError
from services.aws_gate.signature import SignatureError
from services.http_guard import Allowed, refusal

_METHODS = {"GET", "HEAD", "PUT", "POST", "DELETE"}


REFUSALS = (SignatureError, UnknownServiceError, UnstorableKeyError)
"""What `refusal_of` has an answer to."""


def refusal_of(
    head: RequestHead, problem: SignatureError | UnknownServiceError | UnstorableKeyError
) -> Answer:
    """The answer to a request that was looked into, in the shape that its SDK reads."""
    match problem:
        case SignatureError():
            return error(head, 403, problem.code, str(problem))
        case UnstorableKeyError():
            return error(head, 400, problem.code, str(problem))
        case UnknownServiceError():
            text = f"This port has S3 and Kinesis; {str(problem)[:60]!r} is not emulated."
            return error(head, 400, "UnknownOperationException", text)


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
