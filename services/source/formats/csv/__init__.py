"""CSV as people's tools write it: delimiters, quotes and escapes are found out from the file."""
