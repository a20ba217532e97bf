"""This machine: which ports are free, which processes are the stack's, one command at a time."""
