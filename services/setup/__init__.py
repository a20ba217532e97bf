"""The environment and the jars: what has to be on the machine before the stack can start.

`python -m services.setup env` needs nothing but Python's standard library; everything else here runs
inside the environment that it makes. Both live in a per-user cache, so that they survive `make clean`
and serve every checkout.
"""
