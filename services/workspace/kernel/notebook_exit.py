"""The end of a notebook that asked for it."""


class NotebookExit(BaseException):  # noqa: N818 - the name that the executor looks for
    """`dbutils.notebook.exit(value)`: no failure, and not to be caught by an `except Exception`."""
