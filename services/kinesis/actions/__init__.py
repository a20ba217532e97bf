"""The API's actions: a module for each group, and the table that finds them."""
