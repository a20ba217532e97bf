"""`python -m services.spark_server.trim FOLDER`: take out of an image what nothing of this stack can reach.

PySpark's wheel is a whole Spark for every platform. What is left runs Spark Connect locally and on a standalone
cluster, with every SQL function, MLlib and all state stores.
"""

import argparse
import platform
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

_JARS = (
    "connect-repl",  # the Scala shell, which no Python client starts
    "spark-repl_*", "scala-compiler-*", "jline-*",
    "spark-kubernetes_*", "kubernetes-*", "vertx-*", "zjsonpatch-*",  # other clusters
    "spark-yarn_*",
    "spark-hive*", "hive-[!s]*", "hive-se*", "hive-sh*", "datanucleus-*", "derby*", "jdo-api-*",
    "javax.jdo-*", "libthrift-*", "libfb303-*",  # the metastore; hive-storage-api is ORC's
)  # fmt: skip

_PACKAGES = (
    "pyspark/examples",
    "pyspark/python/lib/*.zip",  # PySpark once more: Python workers would compile it at each start
    "pyarrow/include", "pyarrow/src", "pyarrow/*.pxd", "pyarrow/includes",  # for C compilers
    "pyarrow/libarrow_python*.so", "pyarrow/*.so.*.*.*",  # copies of …so.<version>
    "pyarrow/libarrow_flight*", "pyarrow/libarrow_python_flight*", "pyarrow/_flight*",  # remote data servers
    "zstandard/_cffi*",  # PyPy's; CPython has backend_c
    "Crypto/SelfTest", "sqlalchemy/testing",
    "debugpy/_vendored/pydevd/pydevd_attach_to_process/winappdbg",
    "jupyterlab/static", "jupyterlab/galata",  # JupyterLab serves share/jupyter/lab
    "babel/locale-data/[!er]*.dat", "babel/locale-data/e[!n]*.dat", "babel/locale-data/r[!o]*.dat",  # not en, root
)  # fmt: skip

_SOURCES = {".c", ".cpp", ".pyx"}
_TESTS = {"test", "tests"}

_NATIVE = re.compile(r"\.(so|a|dll|jnilib|dylib)$")
_MACHINES = {
    "x86_64": re.compile(r"linux[-_/]?(64|x86_64|amd64)(?!-musl|/aarch64)", re.IGNORECASE),
    "aarch64": re.compile(r"linux(64)?[-_/]?aarch_?64(?!-musl)", re.IGNORECASE),
}


def main() -> None:
    """Trim one environment; its size is smaller by some 300 MB."""
    parser = argparse.ArgumentParser(
        prog="python -m services.spark_server.trim", description=__doc__
    )
    parser.add_argument("environment", type=Path, help="folder of a virtual environment")
    site = next(parser.parse_args().environment.glob("lib/python3*/site-packages"))
    for path in [*unreachable(site)]:
        _remove(path)
    for jar in sorted(site.glob("pyspark/jars/*.jar")):
        keep_own_natives(jar, platform.machine())


def unreachable(site: Path) -> Iterator[Path]:
    """Files and folders that can go."""
    for pattern in _JARS:
        yield from site.glob(f"pyspark/jars/{pattern}")
    for pattern in _PACKAGES:
        yield from site.glob(pattern)
    for path in site.rglob("*"):
        if path.suffix in _SOURCES or (path.name in _TESTS and path.is_dir()):
            yield path


def keep_own_natives(jar: Path, machine: str) -> None:
    """Write a jar anew without the libraries of other systems; an unknown machine keeps all."""
    own = _MACHINES.get(machine)
    with zipfile.ZipFile(jar) as archive:
        entries = archive.infolist()
        kept = [entry for entry in entries if own is None or _is_usable(entry.filename, own)]
        if len(kept) == len(entries):
            return
        scratch = jar.with_suffix(".new")
        with zipfile.ZipFile(scratch, "w", zipfile.ZIP_DEFLATED) as smaller:
            for entry in kept:
                smaller.writestr(entry, archive.read(entry))
    scratch.replace(jar)


def _is_usable(name: str, own: re.Pattern[str]) -> bool:
    return not _NATIVE.search(name) or bool(own.search(name))


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
