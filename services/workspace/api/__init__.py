"""The Jobs API, as the Databricks provider and SDK call it."""
