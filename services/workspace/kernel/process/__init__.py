"""The process of one notebook: kernel, shell, tracebacks, redaction."""
