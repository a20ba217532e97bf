"""The Spark Connect server, as both runtimes start it, and the processes of a Spark cluster behind it."""
