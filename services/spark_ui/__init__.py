"""The door of Spark's web UI: a login in front of what Spark itself would show to everybody on this machine."""
