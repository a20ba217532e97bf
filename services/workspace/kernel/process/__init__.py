"""What a notebook's process knows and says: its run, its notebooks, its output, the secrets it leaves out."""
