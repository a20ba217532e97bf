"""What the stack's commands raise for people."""


class StartError(Exception):
    """A service did not become ready; the message says which, why and what to do."""


class NotReadyError(Exception):
    """A service does not answer yet; the message says what was tried."""
