"""`python -m services.setup`: make the environment, fetch the jars, write the jar locks."""

import argparse
import sys
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m services.setup", description=__doc__)
    steps = parser.add_subparsers(dest="step", required=True)
    environment = steps.add_parser(
        "env", help="make the Python environment and print its interpreter"
    )
    environment.add_argument(
        "--lock",
        choices=["core", "services", "dev", "airflow"],
        help="requirements/<lock>.txt (default: what the commands of the stack's runtime need)",
    )
    environment.add_argument(
        "--native-first", action="store_true", help="without Docker, unless it was chosen before"
    )
    jars = steps.add_parser("jars", help="fetch the jars that the native stack needs")
    jars.add_argument("--only", metavar="SET", help="one set of requirements/jars: for an image")
    steps.add_parser("lock-jars", help="resolve requirements/jars/*.in anew and write their locks")
    arguments = parser.parse_args()
    try:
        return {"env": _env, "jars": _jars, "lock-jars": _lock_jars}[arguments.step](arguments)
    except KeyboardInterrupt:
        return _fail("interrupted; run the same command again to go on", 130)
    except Exception as error:  # the last stop before the user
        return _fail(str(error), 1)


def _env(arguments: argparse.Namespace) -> int:
    from services.setup.environment import ensure_environment  # noqa: PLC0415 - standard library only

    lock = arguments.lock or _lock_of_the_runtime(native_first=arguments.native_first)
    sys.stdout.write(f"{ensure_environment(lock)}\n")
    return 0


def _lock_of_the_runtime(*, native_first: bool) -> str:
    """Containers bring what they need: the commands that drive them need little."""
    from services.checkout.location import state_dir  # noqa: PLC0415 - only make's own calls come here
    from services.checkout.runtime import COMPOSE, choose, remembered  # noqa: PLC0415

    state = state_dir()
    runtimes = {choose(state, native_first=native_first).runtime, remembered(state) or COMPOSE}
    return "services" if runtimes == {COMPOSE} else "core"


def _jars(arguments: argparse.Namespace) -> int:
    from services.setup.native import ensure_native, fetch  # noqa: PLC0415 - needs the environment

    if arguments.only:
        fetch([arguments.only])
    else:
        ensure_native()
    return 0


def _lock_jars(_: argparse.Namespace) -> int:
    from services.setup.jar_lock import write_lock  # noqa: PLC0415 - needs the environment
    from services.setup.jars import LOCKS  # noqa: PLC0415

    for file in sorted(Path(LOCKS).glob("*.in")):
        sys.stdout.write(f"{file.stem}: {write_lock(file.stem)} jars\n")
    return 0


def _fail(message: str, code: int) -> int:
    sys.stderr.write(f"set-up failed: {message}\n")
    return code


if __name__ == "__main__":
    raise SystemExit(main())
