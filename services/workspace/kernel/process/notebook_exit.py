"""The end of a notebook that asked for it."""


class NotebookExit(BaseException):
    """`dbutils.notebook.exit(value)`: no failure, and not to be caught by an `except Exception`."""
