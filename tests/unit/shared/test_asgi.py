import subprocess
import sys


def test_leaving_keeps_the_code_and_what_was_written() -> None:
    """The process ends with its code and its output, without the interpreter's own end."""
    program = (
        "import atexit, logging; from services.asgi import leave\n"
        "logging.basicConfig(); logging.warning('a warning'); print('an answer', end='')\n"
        "atexit.register(print, 'torn down'); leave(3)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (3, "an answer")
    assert "a warning" in done.stderr
