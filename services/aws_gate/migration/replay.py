"""Repeats recorded requests against the new server, signed anew."""

import base64
import hashlib
import re
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlencode

import urllib3
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from services.aws_gate.migration.recording import RecordedRequest, UnreadableError
from services.aws_gate.object_path import UnstorableKeyError, require_storable
from services.aws_gate.signature import Keys
from services.aws_gate.upstream import Address

_REGION = "us-east-1"
_KEPT = re.compile(
    r"content-(type|disposition|language|md5)|cache-control|expires|if-(none-)?match|"
    r"x-amz-(meta-.*|copy-source.*|metadata-directive|storage-class)"
)
_HARMLESS = {404, 409, 412}
"""Answers that the same request had before: it deleted what was not there, or created what was."""

_UPLOAD_ID = re.compile(rb"<UploadId>([^<]+)</UploadId>")


@dataclass
class Outcome:
    """What became of the requests.

    Attributes:
        repeated: How many were.
        lost: What could not be moved, and why.
    """

    repeated: int = 0
    lost: list[str] = field(default_factory=list)


class Replay:
    """One pass over a recording."""

    def __init__(self, server: Address, keys: Keys) -> None:
        self._server = server
        self._signer = S3SigV4Auth(
            Credentials(keys.access_key_id, keys.secret_access_key), "s3", _REGION
        )
        self._http = urllib3.HTTPConnectionPool(*server, maxsize=1, retries=False, timeout=600)
        self._begun: defaultdict[str, deque[str]] = defaultdict(deque)
        self._uploads: dict[str, str] = {}

    def run(self, requests: Iterable[RecordedRequest | UnreadableError]) -> Outcome:
        """Repeat the requests in their order.

        Raises:
            urllib3.exceptions.HTTPError: the server is away.
        """
        outcome = Outcome()
        for request in requests:
            if isinstance(request, UnreadableError):
                outcome.lost.append(str(request))
            elif why := self._repeat(request):
                outcome.lost.append(f"{request.method} {request.name}: {why}")
            else:
                outcome.repeated += 1
        self._http.close()
        return outcome

    def _repeat(self, request: RecordedRequest) -> str | None:
        """Repeat one; returns why it could not be."""
        _, _, key = request.name.partition("/")
        try:
            if key:
                require_storable(key)
        except UnstorableKeyError as error:
            return str(error)
        status, body = self._send(request)
        begins = request.method == "POST" and "uploads" in request.parameters
        if begins and (match := _UPLOAD_ID.search(body)):
            self._begun[request.path].append(match[1].decode())
        if status < 300 or status in _HARMLESS:  # noqa: PLR2004 - HTTP's own number
            return None
        return f"the new server answered {status}"

    def _send(self, request: RecordedRequest) -> tuple[int, bytes]:
        headers = {name: value for name, value in request.headers.items() if _KEPT.fullmatch(name)}
        if encoding := _content_encoding(request.headers):
            headers["content-encoding"] = encoding
        if "delete" in request.parameters:
            digest = hashlib.md5(request.body, usedforsecurity=False).digest()
            headers["content-md5"] = base64.b64encode(digest).decode("ascii")
        target = f"{request.path}?{self._query(request)}".rstrip("?")
        url = f"http://{self._server.host}:{self._server.port}{target}"
        signed = AWSRequest(request.method, url, headers, request.body)
        self._signer.add_auth(signed)
        answer = self._http.urlopen(
            request.method, target, body=request.body, headers=dict(signed.headers)
        )
        return answer.status, answer.data

    def _query(self, request: RecordedRequest) -> str:
        """The query with the upload's new number: the old server's answer, which had the old one, was not recorded."""
        parameters = request.parameters
        old = parameters.get("uploadId")
        if old is None:
            return request.query
        if old not in self._uploads and self._begun[request.path]:
            self._uploads[old] = self._begun[request.path].popleft()
        return urlencode({**parameters, "uploadId": self._uploads.get(old, old)})


def _content_encoding(headers: dict[str, str]) -> str:
    """Without `aws-chunked`, which is none of the object's own."""
    given = headers.get("content-encoding", "").split(",")
    return ",".join(part.strip() for part in given if part.strip() not in {"", "aws-chunked"})
