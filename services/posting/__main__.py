"""Entry point of `python -m services.posting`."""

from services.posting.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
