from pathlib import Path

import pytest

from services.aws_gate.multi_delete import require_own_files
from services.aws_gate.object_path import UnstorableKeyError, obstacle, require_storable
from services.aws_gate.request_head import RequestHead


@pytest.mark.parametrize(
    "key", ["a", "a/b.json", "folder/", "ü/日本 +&%.txt", "a" * 218, "..a/b..", "a\\b"]
)
def test_plain_names_are_stored(key: str) -> None:
    """Also a folder's own, and any sign but the slash."""
    require_storable(key)


@pytest.mark.parametrize(
    ("key", "code"),
    [
        *(
            (key, "InvalidArgument")
            for key in ("a//b", "/a", "a//", "/", ".", "a/../b", "../x", "./x")
        ),
        *((key, "InvalidArgument") for key in (".mpus-1-a-1", "a/.s3proxy-slash", "a\0b")),
        ("a" * 219, "KeyTooLongError"),
        ("ü" * 110, "KeyTooLongError"),
        ("a/" * 513, "KeyTooLongError"),
    ],
)
def test_what_would_be_another_keys_file_is_refused(key: str, code: str) -> None:
    """And what is too long for a file's name, counted in bytes."""
    with pytest.raises(UnstorableKeyError) as error:
        require_storable(key)
    assert error.value.code == code


def test_what_stands_in_the_way_is_named(tmp_path: Path) -> None:
    """An object cannot be a folder too, in either order."""
    (tmp_path / "f").touch()
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "x").touch()
    assert "'f'" in (obstacle(tmp_path, "f/g/h") or "")
    assert "'d/'" in (obstacle(tmp_path, "d") or "")
    assert "'f'" in (obstacle(tmp_path, "f/") or "")
    assert [obstacle(tmp_path, key) for key in ("d/", "d/y", "e", "f")] == [None] * 4


def test_the_keys_of_a_deletion_are_looked_at_as_xml_has_them() -> None:
    """An entity is what it stands for."""
    require_own_files(b"<Delete><Object><Key>a&amp;b/c</Key></Object></Delete>")
    with pytest.raises(UnstorableKeyError):
        require_own_files(b"<Delete><Object><Key>a&#47;/c</Key></Object></Delete>")


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/", ("", "")),
        ("/b", ("b", "")),
        ("/b/", ("b", "")),
        ("/b?list-type=2", ("b", "")),
        ("/b/a%2Fb%20c?x", ("b", "a/b c")),
        ("/b/folder/", ("b", "folder/")),
        ("/b//a", ("b", "/a")),
    ],
)
def test_bucket_and_key_of_a_target(target: str, expected: tuple[str, str]) -> None:
    """Decoded, with every slash that came."""
    assert RequestHead("GET", target, []).bucket_and_key == expected
