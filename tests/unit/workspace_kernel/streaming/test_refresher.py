from services.workspace.kernel.streaming.refresher import Refresher


def test_a_refresher_drops_what_has_ended() -> None:
    """What fails with Spark is dropped too; the rest is refreshed on."""
    refreshes: list[int] = []

    class Item:
        def refresh(self) -> bool:
            refreshes.append(1)
            return False

    quick = Refresher(period=0.001)
    quick.add(Item())
    quick.join(10)
    quick.stop()
    assert refreshes == [1]
