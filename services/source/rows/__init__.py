"""A row of the source: the names of its columns, and the values that fit in them."""
