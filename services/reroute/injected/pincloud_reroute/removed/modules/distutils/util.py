"""`distutils.util`: truth values of texts."""

_TRUE, _FALSE = ("y", "yes", "t", "true", "on", "1"), ("n", "no", "f", "false", "off", "0")


def strtobool(val: str) -> int:
    """1 or 0.

    Raises:
        ValueError: it is neither.
    """
    if val.lower() in _TRUE:
        return 1
    if val.lower() in _FALSE:
        return 0
    raise ValueError(f"invalid truth value {val!r}")
