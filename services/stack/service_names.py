"""Names of services, as they are typed."""

from collections.abc import Sequence


def require_known(names: Sequence[str], known: Sequence[str]) -> None:
    """Refuse names that no service has.

    Raises:
        RuntimeError: there are some; the message lists the services.
    """
    unknown = set(names) - set(known)
    if unknown:
        raise RuntimeError(
            f"There is no service {', '.join(sorted(unknown))}. The services are: {', '.join(known)}."
        )
