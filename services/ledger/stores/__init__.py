"""What each store holds, read with a client other than the one that wrote it."""
