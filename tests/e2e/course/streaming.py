# Databricks notebook source
from pyspark.sql.types import *
from pyspark.sql.functions import *

dbutils.fs.rm("/tmp/kinesis/_checkpoints/", True)

delta_table_path = "dbfs:/user/hive/warehouse/authentication_credentials"
aws_keys_df = spark.read.format("delta").load(delta_table_path)
ACCESS_KEY = aws_keys_df.select('Access key ID').collect()[0]['Access key ID']
SECRET_KEY = aws_keys_df.select('Secret access key').collect()[0]['Secret access key']

# COMMAND ----------

# MAGIC %sql
# MAGIC SET spark.databricks.delta.formatCheck.enabled=false

# COMMAND ----------

def get_stream(stream_name: str):
    dataframe = spark \
        .readStream \
        .format('kinesis') \
        .option('streamName', stream_name) \
        .option('initialPosition', 'earliest') \
        .option('region', 'us-east-1') \
        .option('awsAccessKey', ACCESS_KEY) \
        .option('awsSecretKey', SECRET_KEY) \
        .load()
    return dataframe

df_pin = get_stream('streaming-0a1b2c3d4e5f-pin')
df_geo = get_stream('streaming-0a1b2c3d4e5f-geo')
df_user = get_stream('streaming-0a1b2c3d4e5f-user')
display(df_pin)

# COMMAND ----------

pin_schema = StructType([StructField("index", StringType()), StructField("category", StringType()), StructField("follower_count", StringType())])
geo_schema = StructType([StructField("ind", StringType()), StructField("country", StringType())])
user_schema = StructType([StructField("ind", StringType()), StructField("first_name", StringType())])

def deserialize(df, schema):
    return df.selectExpr("CAST(data as STRING)").withColumn("data", from_json(col("data"), schema)).select(col("data.*"))

df_pin = deserialize(df_pin, pin_schema).withColumnRenamed("index", "ind")
df_geo = deserialize(df_geo, geo_schema)
df_user = deserialize(df_user, user_schema)
display(df_pin)

# COMMAND ----------

def write_stream(df, table):
    df.writeStream \
        .format("delta") \
        .outputMode("append") \
        .option("checkpointLocation", "/tmp/kinesis/_checkpoints/") \
        .table(f"0a1b2c3d4e5f_{table}_table")

write_stream(df_pin, "pin")
write_stream(df_geo, "geo")
write_stream(df_user, "user")
