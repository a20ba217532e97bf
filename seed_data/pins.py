"""The rows of `pinterest_data`, with the dirt that the cleaning has to deal with."""

from collections.abc import Iterator
from enum import Enum

from seed_data.blocks import category_blocks
from seed_data.posters import PinPoster, posters
from seed_data.random_stream import RandomStream
from seed_data.vocabulary import Category, phrases

NO_USER = "User Info Error"
NO_TITLE = "No Title Data Available"
NO_TAGS = "N,o, ,T,a,g,s, ,A,v,a,i,l,a,b,l,e"
NO_DESCRIPTION = "No description available"
NO_STORY_DESCRIPTION = "No description available Story format"
NO_IMAGE = "Image src error."

_LONGEST_DESCRIPTION = 177
"""The source cuts longer ones and adds an ellipsis and a blank."""


class _Kind(Enum):
    IMAGE = "image"
    STORY = "multi-video(story page format)"
    VIDEO = "video"


def _text(rng: RandomStream, category: Category, template: str) -> str:
    return template.format(
        n=2 + rng.below(98),
        adjective=rng.pick(category.adjectives),
        subject=rng.pick(category.subjects),
        category=category.name,
    )


def _title(rng: RandomStream, category: Category) -> str:
    if rng.chance(0.06):
        return _text(rng, category, rng.pick(phrases().traps))
    if rng.chance(0.12):
        language = rng.pick(list(phrases().titles_in))
        template = phrases().titles_in[language]
        return template.format(n=2 + rng.below(98), word=category.words[language])
    return _text(rng, category, rng.pick(phrases().titles))


def _description(rng: RandomStream, category: Category, kind: _Kind) -> str:
    text = _text(rng, category, rng.pick(phrases().descriptions))
    if kind is _Kind.STORY:
        return NO_STORY_DESCRIPTION
    if rng.chance(0.008):
        return NO_DESCRIPTION
    return text if len(text) <= _LONGEST_DESCRIPTION else f"{text[:_LONGEST_DESCRIPTION]}… "


def _tags(rng: RandomStream, category: Category) -> str:
    if rng.chance(0.006):
        return NO_TAGS
    first, count = rng.below(len(category.tags)), 3 + rng.below(5)
    around = category.tags[first:] + category.tags[:first]
    return ",".join(around[:count])


def _kind(rng: RandomStream) -> _Kind:
    return rng.weighted((_Kind.IMAGE, _Kind.STORY, _Kind.VIDEO), (0.90, 0.07, 0.03))


def _image(rng: RandomStream) -> str:
    name = rng.hex(32)
    return f"https://pins.example/originals/{name[:2]}/{name[2:4]}/{name[4:6]}/{name}.jpg"


def _unique_id(rng: RandomStream) -> str:
    digits = rng.hex(30)
    return f"{digits[:8]}-{digits[8:12]}-4{digits[12:15]}-a{digits[15:18]}-{digits[18:]}"


def _lost_page(kind: _Kind) -> dict[str, str | int]:
    """What a row holds when the page could not be read: everything is missing at once."""
    missing: dict[str, str | int] = {
        "title": NO_TITLE,
        "poster_name": NO_USER,
        "follower_count": NO_USER,
    }
    if kind is _Kind.STORY:
        return missing | {"tag_list": NO_TAGS}
    return missing | {"tag_list": NO_TAGS, "description": NO_DESCRIPTION}


def _pin(
    rng: RandomStream, index: int, category: Category, poster: PinPoster
) -> dict[str, str | int]:
    kind, downloaded = _kind(rng), not rng.chance(0.023)
    image = _image(rng)
    row: dict[str, str | int] = {
        "index": index,
        "unique_id": _unique_id(rng),
        "title": _title(rng, category),
        "description": _description(rng, category, kind),
        "poster_name": poster.name,
        "follower_count": poster.follower_count,
        "tag_list": _tags(rng, category),
        "is_image_or_video": kind.value,
        "image_src": image if downloaded else NO_IMAGE,
        "downloaded": int(downloaded),
        "save_location": f"Local save in /data/{category.name}",
        "category": category.name,
    }
    return row | _lost_page(kind) if rng.chance(0.008) else row


def pins(rows: int, seed: int) -> Iterator[dict[str, str | int]]:
    """Rows 0, 1, … rows - 1 of `pinterest_data`."""
    rng = RandomStream(seed, "pin")
    pairs = zip(category_blocks(rows), posters(rows, seed), strict=True)
    for index, (category, poster) in enumerate(pairs):
        yield _pin(rng, index, category, poster)
