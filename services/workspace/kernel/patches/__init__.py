"""What Databricks' PySpark takes and Spark Connect's does not: put into PySpark's classes."""
