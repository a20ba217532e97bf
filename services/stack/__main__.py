"""Entry point of `python -m services.stack`."""

from services.stack.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
