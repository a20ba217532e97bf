"""What a script needs beyond the project's environment: packages that are missing, a later Python."""
