"""The sink's objects, read with minio's client: every object's lines are counted, none is trusted."""

from collections import defaultdict
from urllib.parse import urlsplit

from minio import Minio
from minio.error import MinioException, S3Error
from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from services.aws import s3_url
from services.ledger.errors import LedgerError
from services.ledger.hop_comparison import Hop
from services.ledger.offsets import offsets_of_ranges
from services.records.object_key import ObjectKey
from services.settings import Settings
from services.tables import bucket


def minio_client(settings: Settings) -> Minio:
    """A client that gives up after seconds, not minutes."""
    url = urlsplit(s3_url(settings))
    return Minio(
        endpoint=url.netloc,
        access_key=settings.aws_access_key_id.get_secret_value() or None,
        secret_key=settings.aws_secret_access_key.get_secret_value() or None,
        secure=url.scheme == "https",
        region=settings.aws_default_region,
        http_client=PoolManager(
            timeout=Timeout(connect=3, read=30), retries=Retry(1, backoff_factor=0.2)
        ),
    )


def read_objects(settings: Settings, topic: str) -> Hop:
    """The offsets that a topic's objects hold; a missing bucket is an empty one.

    The progress of a partition is where its last object ends: what lies beyond is still to come.

    Raises:
        LedgerError: S3 does not answer, or holds what is not the sink's.
    """
    try:
        ranges = _ranges(minio_client(settings), bucket(settings.user_id), topic)
    except (MinioException, HTTPError) as error:
        raise LedgerError(
            f"S3 at {s3_url(settings)} does not answer ({error}). Is the stack up? `make status`"
        ) from error
    held = {p: offsets_of_ranges(found) for p, found in ranges.items()}
    progress = {p: max(end for _, end in found) for p, found in ranges.items()}
    return Hop("objects", held, progress)


def _ranges(client: Minio, name: str, topic: str) -> dict[int, list[tuple[int, int]]]:
    ranges: dict[int, list[tuple[int, int]]] = defaultdict(list)
    try:
        for item in client.list_objects(name, prefix=f"topics/{topic}/", recursive=True):
            if key := _key(item.object_name or ""):
                ranges[key.partition].append(
                    (key.offset, key.offset + _lines(client, name, str(key)))
                )
    except S3Error as error:
        if error.code != "NoSuchBucket":
            raise
        return {}
    return ranges


def _key(name: str) -> ObjectKey | None:
    """The sink's key; None for what someone else put beside its objects."""
    try:
        return ObjectKey.parse(name)
    except ValueError:
        return None


def _lines(client: Minio, name: str, key: str) -> int:
    answer = client.get_object(name, key)
    try:
        return int(answer.read().count(b"\n"))
    finally:
        answer.close()
        answer.release_conn()
