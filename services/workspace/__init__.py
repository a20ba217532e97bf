"""The local Databricks workspace: Jobs API, notebooks, dbutils, DBFS."""
