"""Which category a row belongs to: the source holds them in alphabetical blocks of the key."""

from collections.abc import Iterator

from seed_data.vocabulary import Category, categories


def category_blocks(rows: int) -> Iterator[Category]:
    """The category of row 0, 1, … rows - 1."""
    total = sum(category.weight for category in categories())
    start, weight = 0, 0
    for category in categories():
        weight += category.weight
        end = rows * weight // total
        for _ in range(start, end):
            yield category
        start = end
