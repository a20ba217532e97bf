"""Spark Connect, taught what notebooks of Databricks take for granted."""
