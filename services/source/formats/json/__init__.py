"""JSON as pandas, Spark and database tools write it: lines, arrays, and one object of columns."""
