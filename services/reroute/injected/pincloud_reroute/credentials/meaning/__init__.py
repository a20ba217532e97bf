"""What a key of a configuration stands for, and its local value."""
