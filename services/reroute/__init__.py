"""Runs users' scripts against the local cloud: `python -m services.reroute <script> [argument …]`."""
