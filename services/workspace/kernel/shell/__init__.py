"""IPython's shell for a notebook: how a cell is read, compiled and what its errors say."""
