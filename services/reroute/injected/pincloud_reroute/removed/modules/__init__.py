"""Modules that are gone, as far as scripts use them."""
