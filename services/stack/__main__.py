"""Entry point of `python -m services.stack`."""

if __name__ == "__main__":
    try:
        from services.stack.command_line.cli import main

        raise SystemExit(main())
    except KeyboardInterrupt:  # Ctrl-C while the imports still run; nothing has been started
        raise SystemExit(130) from None
