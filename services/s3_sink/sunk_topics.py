"""Which topics are sunk: those of every user id, each into that user's bucket (Confluent's `topics.regex`)."""

import re

from services.settings import Settings
from services.tables import user_of_topic

_MANIFEST = "s3-objects"


def manifest_topic(user_id: str) -> str:
    return f"{user_id}.{_MANIFEST}"


def consumer_group(user_id: str) -> str:
    return f"s3-sink-{user_id}"


class SunkTopics:
    """The topics that `SINK_TOPICS_REGEX` matches as a whole, of those that carry a user id."""

    def __init__(self, settings: Settings) -> None:
        self._regex = re.compile(settings.sink_topics_regex)

    def __contains__(self, topic: str) -> bool:
        user = user_of_topic(topic)
        return user is not None and topic != manifest_topic(user) and self._matches(topic)

    def _matches(self, topic: str) -> bool:
        return self._regex.fullmatch(topic) is not None
