"""`PythonRestart`: a notebook asks for a Python without its variables and modules."""


class PythonRestart(BaseException):
    """Ends the cell; the kernel forgets what cells have made, and goes on with the next one."""
