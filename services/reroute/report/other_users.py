"""Posts that carry another user id than the stack's, and streams of nobody's: the commands that speak of them."""

from collections.abc import Iterable, Iterator, Mapping

from services.tables import STREAM_PATTERN, bucket, user_of_stream, user_of_topic
from services.terminal_text import one_line

MOST_USERS = 5


def of_other_users(records: Mapping[str, int], user_id: str) -> Iterator[str]:
    """Sentences about each other user; `records`: topic or stream → how many were acknowledged."""
    names = [name for name, number in records.items() if number]
    topics = _others(map(user_of_topic, names), user_id)
    streams = _others(map(user_of_stream, names), user_id)
    for other in topics[:MOST_USERS]:
        yield (
            f"user id {other} is not this stack's ({user_id}), and needs no setting: its topics are sunk into "
            f"{bucket(other)}. Next: `make batch USER_ID={other}`, then `make answers USER_ID={other}` and "
            f"`make ledger USER_ID={other}`."
        )
    for other in [one for one in streams if one not in topics][:MOST_USERS]:
        yield f"user id {other} is not this stack's ({user_id}); its streams are kept all the same."
    for other in streams[:MOST_USERS]:
        yield (
            f"streaming-{other}-…: notebooks read these streams as they are; for this stack's own speed tables of "
            f"them, set USER_ID={other} in .env, then `make down` and `make up`."
        )


def of_shared_streams(records: Mapping[str, int], streams: Iterable[str]) -> Iterator[str]:
    """Sentences about streams that belong to no user and no table, but hold rows of several."""
    shared = sorted(
        name for name in streams if records[name] and not STREAM_PATTERN.fullmatch(name)
    )
    for name in shared[:MOST_USERS]:
        yield (
            f"{one_line(name)} is none of this stack's three streams: `make speed STREAM={name}` lets the speed layer "
            "take it, too, by its partition keys."
        )


def _others(found: Iterator[str | None], user_id: str) -> list[str]:
    return sorted({one for one in found if one and one != user_id})
