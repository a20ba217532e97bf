"""One module a part of the stack: it measures, and returns figures."""
