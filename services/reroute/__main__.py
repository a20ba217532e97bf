"""Entry point of `python -m services.reroute`."""

from services.reroute.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
