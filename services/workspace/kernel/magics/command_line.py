"""What a magic raises whose text cannot be understood."""


class MagicError(Exception):
    """A magic was used in a way that it does not know; the message says which way it does."""
