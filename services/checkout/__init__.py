"""This checkout before there is an environment: where its state is, and which runtime it has. Standard library only."""
