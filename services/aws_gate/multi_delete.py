"""DeleteObjects: its keys are in the body, and none of them may stand for another one's file."""

import re
from html import unescape

from services.aws_gate.object_path import require_storable
from services.aws_gate.request_head import RequestHead

_KEY = re.compile(r"<Key>([^<]*)</Key>")


def is_multi_delete(head: RequestHead) -> bool:
    """Whether a request deletes several objects of a bucket."""
    return head.method == "POST" and "delete" in head.query and not head.bucket_and_key[1]


def require_own_files(body: bytes) -> None:
    """Check the keys of such a request.

    Raises:
        UnstorableKeyError: one would be taken for another object's.
    """
    for key in _KEY.findall(body.decode("utf-8", "surrogateescape")):
        require_storable(unescape(key))
