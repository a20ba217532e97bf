"""Whose lake a command speaks of: the stack's own user has the lake's root, any other one a folder of it."""

from pathlib import Path

import pytest

from services.checkout import stack_user
from services.checkout.environment import variable
from services.settings import Settings, load_settings
from services.tables import PIN
from spark_jobs.lake import speed_tier, tier

OURS, OTHER = "0a1b2c3d4e5f", "ffffffffffff"


@pytest.fixture
def unknown(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A process that was told nothing; what it is told is gone afterwards."""
    monkeypatch.setenv(stack_user.VARIABLE, "")
    return monkeypatch


def test_the_stacks_own_user_has_the_lakes_root(tmp_path: Path) -> None:
    """As before there was any other; also where no stack was ever started."""
    for known in ("", OURS):
        settings = Settings(user_id=OURS, stack_user_id=known, lake_dir=tmp_path)
        assert settings.batch_lake == settings.lake == tmp_path


def test_another_user_has_a_lake_of_its_own(tmp_path: Path) -> None:
    """The batch layer's; the speed layer's tables carry the id in their names."""
    settings = Settings(user_id=OTHER, stack_user_id=OURS, lake_dir=tmp_path)
    assert tier(settings, PIN).silver.folder == tmp_path / "users" / OTHER / "batch/silver/pin"
    assert tier(settings, PIN).topic == f"{OTHER}.pin"
    assert speed_tier(settings, PIN).rows.folder == tmp_path / "speed" / f"{OTHER}_pin_table"


def test_a_command_is_told_with_which_user_the_stack_was_started(
    tmp_path: Path, unknown: pytest.MonkeyPatch
) -> None:
    """USER_ID of one command then is another user's; before the first start there is nothing to tell."""
    stack_user.hand_on(tmp_path)
    assert not variable(stack_user.VARIABLE)
    stack_user.remember(tmp_path, OURS)
    stack_user.hand_on(tmp_path)
    unknown.setenv("USER_ID", OTHER)
    settings = load_settings(lake_dir=tmp_path)
    assert (settings.user_id, settings.stack_user_id) == (OTHER, OURS)


def test_what_somebody_wrote_into_the_file_is_no_user(
    tmp_path: Path, unknown: pytest.MonkeyPatch
) -> None:
    """It would become part of a path."""
    (tmp_path / "user_id").write_text("../../etc")
    unknown.setenv("USER_ID", OTHER)
    stack_user.hand_on(tmp_path)
    assert not variable(stack_user.VARIABLE)
