"""Credentials that a script looks for and does not find: which keys, what they mean, in which format."""
