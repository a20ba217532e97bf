import pytest

from services.workspace.kernel.streaming import checkpoints


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("0abc_pin_table", "0abc_pin_table"),
        ("`0ABC_pin_table`", "0abc_pin_table"),
        ("default.t", "t"),
        ("spark_catalog.default.`a b/c`", "a_b_c"),
    ],
)
def test_a_table_has_one_checkpoint_name_in_every_spelling(name: str, target: str) -> None:
    """Else the same table would begin anew."""
    assert checkpoints.table_folder_name(name) == target


def test_a_target_always_has_the_same_folder_below_the_given_one() -> None:
    """In whichever order the streams are started."""
    assert checkpoints.target_folder("/kinesis/_checkpoints/", "pin") == "/kinesis/_checkpoints/pin"
    one, other = (
        checkpoints.path_folder_name("/delta/a/pin"),
        checkpoints.path_folder_name("/delta/b/pin"),
    )
    assert one == checkpoints.path_folder_name("/delta/a/pin/")
    assert one != other
    assert one.startswith("pin-")
