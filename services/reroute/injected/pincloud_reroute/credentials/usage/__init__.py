"""How a script uses its configuration: its syntax trees, run on values that only remember what is done with them."""
