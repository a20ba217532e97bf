"""What a notebook finds around it: spark, dbutils, display, the magics."""
