"""What an image's environment is relieved of."""

import zipfile
from pathlib import Path

import pytest

from services.spark_server.trim import keep_own_natives, unreachable

_ROCKSDB = ["librocksdbjni-linux64.so", "librocksdbjni-linux-aarch64.so"]
_FOREIGN = [
    "librocksdbjni-linux64-musl.so",
    "librocksdbjni-osx-arm64.jnilib",
    "librocksdbjni-win64.dll",
    "org/xerial/snappy/native/Linux/android-aarch64/libsnappyjava.so",
    "org/xerial/snappy/native/Linux/x86_64-musl/libsnappyjava.so",
]
_SNAPPY = [
    "org/xerial/snappy/native/Linux/x86_64/libsnappyjava.so",
    "org/xerial/snappy/native/Linux/aarch64/libsnappyjava.so",
]
_ZSTD = ["linux/amd64/libzstd-jni-1.5.7-7.so", "linux/aarch64/libzstd-jni-1.5.7-7.so"]
_LEVELDB = [
    "META-INF/native/linux64/libleveldbjni.so",
    "META-INF/native/linux64/aarch64/libleveldbjni.so",
]
_NETTY = [
    "META-INF/native/libnetty_tcnative_linux_x86_64.so",
    "META-INF/native/libnetty_tcnative_linux_aarch_64.so",
]
_PAIRS = [_ROCKSDB, _SNAPPY, _ZSTD, _LEVELDB, _NETTY]
_ALWAYS = ["org/rocksdb/RocksDB.class", "META-INF/MANIFEST.MF"]


@pytest.fixture
def jar(tmp_path: Path) -> Path:
    """Native libraries as Spark's jars name them."""
    file = tmp_path / "natives.jar"
    with zipfile.ZipFile(file, "w") as archive:
        for name in [*_ALWAYS, *_FOREIGN, *(name for pair in _PAIRS for name in pair)]:
            archive.writestr(name, name)
    return file


@pytest.mark.parametrize(("machine", "own"), [("x86_64", 0), ("aarch64", 1)])
def test_a_jar_keeps_the_libraries_of_its_machine(jar: Path, machine: str, own: int) -> None:
    """Each project names the same machine in its own way; classes always stay."""
    keep_own_natives(jar, machine)
    with zipfile.ZipFile(jar) as archive:
        assert set(archive.namelist()) == {*_ALWAYS, *(pair[own] for pair in _PAIRS)}
        assert archive.read(_ALWAYS[0]).decode() == _ALWAYS[0]


def test_an_unknown_machine_keeps_every_library(jar: Path) -> None:
    """Larger, but it works."""
    before = jar.read_bytes()
    keep_own_natives(jar, "riscv64")
    assert jar.read_bytes() == before


def test_orcs_part_of_hive_stays(tmp_path: Path) -> None:
    """The metastore goes; ORC files are read without it."""
    jars = tmp_path / "pyspark" / "jars"
    jars.mkdir(parents=True)
    names = ["hive-exec-2.3.10-core", "hive-storage-api-2.8.1", "hive-serde-2.3.10", "spark-sql_2"]
    for name in names:
        (jars / f"{name}.jar").touch()
    gone = {path.name for path in unreachable(tmp_path)}
    assert gone == {"hive-exec-2.3.10-core.jar", "hive-serde-2.3.10.jar"}
