"""`make bench`: every figure beside a limit that is measured in the same run, on the same machine.

A limit is what the same machine does without our code in the way: a bare server, a raw producer, Spark
alone. A figure that is close to its limit cannot be improved by us; one that is far away can.
"""
