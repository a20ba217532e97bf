"""What a browser sees of the workspace."""
