"""What keeps a run from beginning."""


class RerouteError(Exception):
    """The run cannot begin; the message says why and what to do."""
