"""Configuration as text: rendered anew, or an example filled in."""
