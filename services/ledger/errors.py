"""Why the ledger cannot be drawn up."""


class LedgerError(Exception):
    """A system cannot be read; the message says which, and what to do."""
