"""The invented tables: same bytes for the same seed, and the dirt of the real ones."""

import csv
import hashlib
import json
import unicodedata
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from seed_data import DEFAULT_ROWS, SOURCES, generate
from seed_data.__main__ import main
from seed_data.generator import Row

GOLDEN = {
    "pinterest_data": "3e4f9c8d42b06cf6b5722b93c7e8c5c2b9fdcdf3e1f218179c1dc8eb62f915c4",
    "geolocation_data": "2044c7f99e94d8a83248da6151fae973fedd33a5a1ed73303a3f0250443eae40",
    "user_data": "e53de26e6db3ace6bd4e76a732e7c887a6fd23dd092850bf640f1352ef1bb991",
}
"""sha256 of each default table as JSONL. If one changes, every published answer changes with it."""


@pytest.fixture(scope="module")
def pins() -> list[Row]:
    """The default pins, made once."""
    return list(generate("pinterest_data"))


def share(pins: list[Row], column: str, value: object) -> float:
    """Share of the pins with this value."""
    return sum(pin[column] == value for pin in pins) / len(pins)


def keys_where(pins: list[Row], column: str, value: object) -> set[object]:
    """Keys of the pins with this value."""
    return {pin["index"] for pin in pins if pin[column] == value}


@pytest.mark.parametrize("source", SOURCES)
def test_the_default_table_is_the_same_byte_for_byte(source: str, tmp_path: Path) -> None:
    """The default seed gives the very bytes that it gave when it was published."""
    assert main(["--out", str(tmp_path)]) == 0
    content = (tmp_path / f"{source}.jsonl").read_bytes()
    assert hashlib.sha256(content).hexdigest() == GOLDEN[source]


@pytest.mark.parametrize("source", SOURCES)
def test_another_seed_gives_another_table(source: str) -> None:
    """Two seeds differ."""
    assert list(generate(source, 50, 1)) != list(generate(source, 50, 2))


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("rows", [1, 7, 300])
def test_the_keys_count_from_zero(source: str, rows: int) -> None:
    """Any number of rows has the keys 0 … rows - 1, in order."""
    assert [next(iter(row.values())) for row in generate(source, rows)] == list(range(rows))


def test_csv_and_jsonl_hold_the_same_rows(tmp_path: Path) -> None:
    """Both formats carry every text unchanged, line ends and quotes included."""
    main(["--out", str(tmp_path), "--rows", "2000"])
    main(["--out", str(tmp_path), "--rows", "2000", "--format", "csv"])
    with (tmp_path / "pinterest_data.csv").open(encoding="utf-8", newline="") as file:
        from_csv = list(csv.DictReader(file))
    with (tmp_path / "pinterest_data.jsonl").open(encoding="utf-8") as file:
        from_jsonl = [json.loads(line) for line in file]
    assert from_csv == [{k: str(v) for k, v in row.items()} for row in from_jsonl]


def test_categories_lie_in_alphabetical_blocks(pins: list[Row]) -> None:
    """Thirteen blocks of the key, in the alphabet's order, none of them small."""
    categories = [str(pin["category"]) for pin in pins]
    assert categories == sorted(categories)
    sizes = Counter(categories)
    assert len(sizes) == 13
    assert min(sizes.values()) > DEFAULT_ROWS / 20


@pytest.mark.parametrize(
    ("kind", "expected"), [("k", 0.75), ("", 0.17), ("M", 0.075), ("error", 0.008)]
)
def test_follower_counts_are_as_dirty_as_the_real_ones(
    pins: list[Row], kind: str, expected: float
) -> None:
    """`12k`, `532`, `2M` and `User Info Error` have the real shares."""

    def kind_of(count: str) -> str:
        return "error" if count == "User Info Error" else count.lstrip("0123456789")

    found = sum(kind_of(str(pin["follower_count"])) == kind for pin in pins) / len(pins)
    assert found == pytest.approx(expected, abs=0.03 if expected > 0.1 else expected * 0.4)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("image", 0.90), ("multi-video(story page format)", 0.07), ("video", 0.03)],
)
def test_kinds_have_the_real_shares(pins: list[Row], kind: str, expected: float) -> None:
    """Nine in ten pins are images."""
    assert share(pins, "is_image_or_video", kind) == pytest.approx(expected, abs=0.01)


def test_a_lost_page_loses_everything_at_once(pins: list[Row]) -> None:
    """The sentinels of poster, followers and title fall on the same rows; the tags' one, too."""
    lost = keys_where(pins, "poster_name", "User Info Error")
    assert len(lost) > 50
    assert keys_where(pins, "follower_count", "User Info Error") == lost
    assert keys_where(pins, "title", "No Title Data Available") == lost
    assert keys_where(pins, "tag_list", "N,o, ,T,a,g,s, ,A,v,a,i,l,a,b,l,e") > lost


def test_story_pins_have_the_story_sentinel(pins: list[Row]) -> None:
    """A multi-video pin has no description of its own, and no other pin has its sentinel."""
    assert keys_where(pins, "is_image_or_video", "multi-video(story page format)") == keys_where(
        pins, "description", "No description available Story format"
    )
    assert keys_where(pins, "description", "No description available")


def test_what_was_not_downloaded_has_no_image(pins: list[Row]) -> None:
    """`Image src error.` falls exactly on `downloaded` = 0."""
    missing = keys_where(pins, "downloaded", 0)
    assert missing == keys_where(pins, "image_src", "Image src error.")
    assert 0.01 < len(missing) / len(pins) < 0.04


@pytest.mark.parametrize(
    "script",
    ["ARABIC", "HEBREW", "CYRILLIC", "GREEK", "DEVANAGARI", "THAI", "CJK", "HIRAGANA", "HANGUL"],
)
def test_titles_hold_every_script(pins: list[Row], script: str) -> None:
    """Titles come in left-to-right and right-to-left scripts."""
    text = {character for pin in pins for character in str(pin["title"])}
    assert any(unicodedata.name(character, "").startswith(script) for character in text)


@pytest.mark.parametrize(
    "trap",
    ['"', "'", ",", "\n", "\r\n", "\\", "\t", "🎄", "\u0301", "\u200d", "\u202e", "🇦🇱", "👩🏽"],
)
def test_titles_hold_what_breaks_parsers(pins: list[Row], trap: str) -> None:
    """Quotes, line ends, backslashes, emoji and combining marks are there to be carried."""
    assert any(trap in str(pin["title"]) for pin in pins)


def test_places_and_times_are_plausible() -> None:
    """Coordinates are on the globe, times parse, and a few of them precede the questions' years."""
    rows = list(generate("geolocation_data"))
    years = Counter(datetime.fromisoformat(str(row["timestamp"])).year for row in rows)
    assert set(years) == set(range(2017, 2023))
    assert years[2017] < len(rows) * 0.06
    assert all(-90 <= float(row["latitude"]) <= 90 for row in rows)
    assert all(-180 <= float(row["longitude"]) <= 180 for row in rows)
    assert len({row["country"] for row in rows}) > 100


def test_users_are_young_early_and_come_back() -> None:
    """Ages lean to the young, join dates to 2015 and 2016, and many people post more than once."""
    rows = list(generate("user_data"))
    years = Counter(str(row["date_joined"])[:4] for row in rows)
    assert years["2016"] > years["2017"] > 0
    assert years["2015"] > years["2017"]
    assert set(years) == {"2015", "2016", "2017"}
    assert all(18 <= int(row["age"]) <= 62 for row in rows)
    assert sum(int(row["age"]) <= 24 for row in rows) > len(rows) * 0.3
    assert len({(row["last_name"], row["date_joined"]) for row in rows}) < len(rows) * 0.6


def test_no_rows_is_wrong_usage(tmp_path: Path) -> None:
    """Asking for no rows ends with exit code 2 before anything is written."""
    with pytest.raises(SystemExit, match="2"):
        main(["--out", str(tmp_path / "new"), "--rows", "0"])
    assert not (tmp_path / "new").exists()


def test_a_file_in_the_way_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """If the folder cannot be made, the command says which and exits with 1."""
    taken = tmp_path / "taken"
    taken.write_text("")
    assert main(["--out", str(taken)]) == 1
    assert str(taken) in capsys.readouterr().err
