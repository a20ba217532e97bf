# Databricks notebook source
print("before")

# COMMAND ----------

# MAGIC %md
# MAGIC Nothing is called like this:

# COMMAND ----------

rows = no_such_name + 1

# COMMAND ----------

print("never printed")
