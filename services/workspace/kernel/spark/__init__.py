"""A notebook's Spark session over Spark Connect, and what stands in for a SparkContext, RDDs, real AWS."""
