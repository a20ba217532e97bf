"""The rows of `pinterest_data`, with the dirt that the cleaning has to deal with."""

from collections.abc import Iterator
from enum import Enum

from seed_data.blocks import category_blocks
from seed_data.posters import Poster, posters
from seed_data.random_stream import Dice
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


def _text(dice: Dice, category: Category, template: str) -> str:
    return template.format(
        n=2 + dice.below(98),
        adjective=dice.pick(category.adjectives),
        subject=dice.pick(category.subjects),
        category=category.name,
    )


def _title(dice: Dice, category: Category) -> str:
    if dice.chance(0.06):
        return _text(dice, category, dice.pick(phrases().traps))
    if dice.chance(0.12):
        language = dice.pick(list(phrases().titles_in))
        template = phrases().titles_in[language]
        return template.format(n=2 + dice.below(98), word=category.words[language])
    return _text(dice, category, dice.pick(phrases().titles))


def _description(dice: Dice, category: Category, kind: _Kind) -> str:
    text = _text(dice, category, dice.pick(phrases().descriptions))
    if kind is _Kind.STORY:
        return NO_STORY_DESCRIPTION
    if dice.chance(0.008):
        return NO_DESCRIPTION
    return text if len(text) <= _LONGEST_DESCRIPTION else f"{text[:_LONGEST_DESCRIPTION]}… "


def _tags(dice: Dice, category: Category) -> str:
    if dice.chance(0.006):
        return NO_TAGS
    first, count = dice.below(len(category.tags)), 3 + dice.below(5)
    around = category.tags[first:] + category.tags[:first]
    return ",".join(around[:count])


def _kind(dice: Dice) -> _Kind:
    return dice.weighted((_Kind.IMAGE, _Kind.STORY, _Kind.VIDEO), (0.90, 0.07, 0.03))


def _image(dice: Dice) -> str:
    name = dice.hex(32)
    return f"https://pins.example/originals/{name[:2]}/{name[2:4]}/{name[4:6]}/{name}.jpg"


def _unique_id(dice: Dice) -> str:
    digits = dice.hex(30)
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


def _pin(dice: Dice, index: int, category: Category, poster: Poster) -> dict[str, str | int]:
    kind, downloaded = _kind(dice), not dice.chance(0.023)
    image = _image(dice)
    row: dict[str, str | int] = {
        "index": index,
        "unique_id": _unique_id(dice),
        "title": _title(dice, category),
        "description": _description(dice, category, kind),
        "poster_name": poster.name,
        "follower_count": poster.follower_count,
        "tag_list": _tags(dice, category),
        "is_image_or_video": kind.value,
        "image_src": image if downloaded else NO_IMAGE,
        "downloaded": int(downloaded),
        "save_location": f"Local save in /data/{category.name}",
        "category": category.name,
    }
    return row | _lost_page(kind) if dice.chance(0.008) else row


def pins(rows: int, seed: int) -> Iterator[dict[str, str | int]]:
    """Rows 0, 1, … rows - 1 of `pinterest_data`."""
    dice = Dice(seed, "pin")
    pairs = zip(category_blocks(rows), posters(rows, seed), strict=True)
    for index, (category, poster) in enumerate(pairs):
        yield _pin(dice, index, category, poster)
