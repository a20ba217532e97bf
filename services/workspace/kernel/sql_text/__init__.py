"""SQL as text: statements, names, literals, parameters, and PySpark's columns as expressions of SQL."""
