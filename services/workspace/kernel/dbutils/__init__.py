"""`dbutils`: a module for each of its parts."""
