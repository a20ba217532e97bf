"""Commands of the pipeline in a container of their own, and what they bring from this machine."""
