"""Load, and the rivals and limits that it is measured beside."""
