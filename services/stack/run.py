"""`python -m services.stack.run MODULE ARGUMENTS…`: a module of the pipeline, run where the stack is.

In the native runtime that is this very process; standard library only until then, so that it costs nothing.
"""

import sys
from collections.abc import Sequence

from services.checkout import stack_user
from services.checkout.location import state_dir
from services.checkout.runtime import COMPOSE, RuntimeChoiceError, choose, remembered
from services.stack.private_state import close_state, write_privately
from services.stack.python_module import run_here

_WRONG_USAGE, _FAILED = 2, 1


def main(argv: Sequence[str] | None = None) -> int:
    """Run it; the exit code is the module's own."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0].startswith("-"):
        sys.stderr.write("usage: python -m services.stack.run MODULE [ARGUMENT …]\n")
        return _WRONG_USAGE
    try:
        if closed := close_state(state_dir()):
            sys.stderr.write(f"{closed}\n")
        stack_user.hand_on(state_dir())
        runtime = _runtime()
    except (RuntimeChoiceError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return _FAILED
    if runtime == COMPOSE:
        from services.stack.compose.jobs.run import run  # noqa: PLC0415 - the native runtime goes without

        return run(words[0], words[1:])
    write_privately(words[0])
    run_here(words[0], words[1:])
    return 0


def _runtime() -> str:
    """The runtime of a stack that is up; of one that is down, the one that would be taken.

    Raises:
        RuntimeChoiceError: another one than that of the stack that runs is forced.
    """
    state = state_dir()
    runtime = choose(state).runtime
    if remembered(state) not in {None, runtime}:
        from services.stack.runtime import require_alone  # noqa: PLC0415 - a rare case

        require_alone(state, runtime)
    return runtime


if __name__ == "__main__":
    raise SystemExit(main())
