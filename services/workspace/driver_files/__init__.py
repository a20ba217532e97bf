"""DBFS by its path on the driver, `/dbfs/…`: for `open`, `os`, libraries written in C, and the shell."""
