"""`distutils`, which Python 3.12 has not: what scripts use of it."""
