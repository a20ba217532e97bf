"""The ledger: counts every record at every hop, and names the first one that is lost or doubled.

It reads with clients that the writers do not use (kafka-python, minio, deltalake), so that a fault
of a client cannot hide itself.
"""
