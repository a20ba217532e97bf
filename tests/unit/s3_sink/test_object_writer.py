"""One file, one object: a crash after any step changes nothing in the end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from services.s3_sink.flush import FlushPolicy, ObjectFile, Partition, PartitionBuffer
from services.s3_sink.manifest import Manifest
from services.s3_sink.object_writer import ConflictingObject, ObjectWriter
from services.s3_sink.s3_bucket import BucketLost

PIN = Partition("0a1b2c3d4e5f.pin", 0)
POLICY = FlushPolicy(records=3, size=10**6, seconds=10**6)


class Crash(Exception):
    """The process died here."""


@dataclass
class World:
    """What outlives the sink: the manifest topic, the bucket, the committed offset.

    Attributes:
        crashes: Steps at which the process dies, e.g. `("entry", "before")`, each once.
    """

    entries: list[tuple[str, bytes]] = field(default_factory=list)
    objects: dict[str, bytes] = field(default_factory=dict)
    committed: int = 0
    crashes: list[tuple[str, str]] = field(default_factory=list)
    bucket: bool = True

    def load(self, _user_id: str) -> list[tuple[str, bytes]]:
        return list(self.entries)

    def append(self, _user_id: str, key: str, value: bytes) -> None:
        self._step("entry", lambda: self.entries.append((key, value)))

    def create(self, key: str, body: bytes) -> bool:
        if not self.bucket:
            raise BucketLost(key)
        new = key not in self.objects
        self._step("object", lambda: self.objects.setdefault(key, body))
        return new

    def read(self, key: str) -> bytes | None:
        return self.objects.get(key)

    def replace(self, key: str, body: bytes) -> None:
        assert key in self.objects
        self.objects[key] = body

    def commit(self, partition: Partition, offset: int) -> None:
        assert partition == PIN

        def move() -> None:
            self.committed = offset

        self._step("commit", move)

    def restore(self) -> None:
        self.bucket = True

    def _step(self, name: str, action: Callable[[], object]) -> None:
        self._die((name, "before"))
        action()
        self._die((name, "after"))

    def _die(self, moment: tuple[str, str]) -> None:
        if moment in self.crashes:
            self.crashes.remove(moment)
            raise Crash(moment)


def _manifest(world: World) -> Manifest:
    manifest = Manifest(world)
    manifest.load(PIN.user_id)
    return manifest


def _run(world: World, records: int, policy: FlushPolicy = POLICY) -> None:
    """One life of the sink over a log of so many records; the rest is flushed at the end."""
    manifest = _manifest(world)
    writer = ObjectWriter(manifest, world, world, world)
    buffer = PartitionBuffer(PIN, world.committed, policy)
    buffer.planned = manifest.record_count(PIN, buffer.first)

    def write() -> None:
        buffer.advance(writer.write(buffer.file()))
        buffer.planned = manifest.record_count(PIN, buffer.first)

    for offset in range(world.committed, records):
        if offset >= buffer.next:
            buffer.append(offset, b"%d\n" % offset, 0)
            if buffer.should_flush():
                write()
    if len(buffer):
        write()


def _live(world: World, records: int, policies: Sequence[FlushPolicy] = (POLICY,)) -> None:
    """Life after life, until one ends by itself; each with the next policy."""
    for life in range(50):
        try:
            return _run(world, records, policies[min(life, len(policies) - 1)])
        except Crash:
            continue
    raise AssertionError("the sink never came to an end")


def _offsets(world: World) -> list[int]:
    """Every line of every object, and proof that keys and lines agree."""
    found: list[int] = []
    for key, body in sorted(world.objects.items()):
        lines = [int(line) for line in body.splitlines()]
        first = int(key.removesuffix(".json").rsplit("+", 1)[1])
        assert lines == list(range(first, first + len(lines)))
        found += lines
    return found


MOMENTS = [(step, when) for step in ("entry", "object", "commit") for when in ("before", "after")]


@pytest.mark.parametrize("moment", MOMENTS, ids="-".join)
@pytest.mark.parametrize("times", [1, 3])
def test_a_crash_at_any_step_leaves_the_same_objects(moment: tuple[str, str], times: int) -> None:
    """However often the sink dies there, keys and bytes are those of a run without a crash."""
    calm, stormy = World(), World(crashes=[moment] * times)
    _live(calm, 8)
    _live(stormy, 8)
    assert stormy.crashes == []
    assert stormy.objects == calm.objects
    assert stormy.committed == 8


@pytest.mark.parametrize("first", MOMENTS, ids="-".join)
@pytest.mark.parametrize("second", MOMENTS, ids="-".join)
def test_a_new_flush_size_after_a_crash_doubles_nothing(
    first: tuple[str, str], second: tuple[str, str]
) -> None:
    """A file that is in the manifest stays, even when the next life would flush elsewhere."""
    world = World(crashes=[first, second])
    other = FlushPolicy(records=5, size=10**6, seconds=10**6)
    _live(world, 20, [POLICY, other])
    assert _offsets(world) == list(range(20))
    assert world.committed == 20
    objects = _manifest(world).objects(PIN)
    assert [end for _, end in objects[:-1]] == [start for start, _ in objects[1:]]


@pytest.mark.parametrize("existing", [1, 2, 3, 5])
def test_an_existing_object_is_adopted(existing: int) -> None:
    """Without an entry, its line count moves the position, and the manifest is corrected."""
    body = b"".join(b"%d\n" % n for n in range(existing))
    world = World(objects={str(PIN.key(0)): body})
    _live(world, 8)
    assert world.objects[str(PIN.key(0))] == body
    assert _offsets(world) == list(range(8))
    assert _manifest(world).record_count(PIN, 0) == existing


@pytest.mark.parametrize("existing", [b"9", b"9\n", b"0\n9\n"])
def test_an_object_of_another_log_is_never_adopted(existing: bytes) -> None:
    """A topic that was made anew must not pass for sunk because old objects bear its names."""
    world = World(objects={str(PIN.key(0)): existing})
    with pytest.raises(ConflictingObject, match=r"holds other records.*make clean"):
        _run(world, 3)
    assert world.committed == 0


def test_two_sinks_share_one_log_without_doubling() -> None:
    """Whoever creates the object first has decided; the other goes on from its end."""
    world = World()
    one, two = (ObjectWriter(Manifest(world), world, world, world) for _ in range(2))
    lines = [b"%d\n" % n for n in range(10)]
    assert one.write(ObjectFile(PIN, 0, lines[:4])) == 4
    assert two.write(ObjectFile(PIN, 0, lines[:3])) == 4
    assert two.write(ObjectFile(PIN, 4, lines[4:6])) == 6
    assert one.write(ObjectFile(PIN, 4, lines[4:9])) == 6
    assert _offsets(world) == list(range(6))
    assert _manifest(world).objects(PIN) == [(0, 4), (4, 6)]


def test_a_lost_bucket_is_given_back_before_the_cut_goes_on() -> None:
    """The bucket is restored first, then the object is created."""
    world = World(bucket=False)
    _live(world, 3)
    assert world.bucket
    assert _offsets(world) == [0, 1, 2]


def test_an_object_ends_where_the_next_begins() -> None:
    """A count that a dead second sink left wrong does not spoil the refill."""
    entries = [("t.x+0+0", b'{"records":7}'), ("t.x+0+10", b'{"records":5}')]
    assert _manifest(World(entries=entries)).objects(Partition("t.x", 0)) == [(0, 10), (10, 15)]


@pytest.mark.parametrize("left", range(6))
@pytest.mark.parametrize("zeros", [False, True], ids=["cut", "zeros"])
def test_an_object_torn_by_a_loss_of_power_is_written_again(left: int, *, zeros: bool) -> None:
    """The disk kept its name and a beginning of its bytes; no one had been told that it was there."""
    calm, torn = World(), World(crashes=[("object", "after")])
    _live(calm, 8)
    with pytest.raises(Crash):
        _run(torn, 8)
    ((key, body),) = torn.objects.items()
    torn.objects[key] = body[:left] + (bytes(len(body) - left) if zeros else b"")
    _live(torn, 8)
    assert _offsets(torn) == list(range(8))
    if zeros or not body[:left].endswith(b"\n"):
        assert torn.objects == calm.objects
