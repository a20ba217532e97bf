# Run by bash before each component of Airflow starts, as on MWAA. What you export reaches Airflow and your DAGs:
#   export AIRFLOW__CORE__PARALLELISM=8
# MWAA_AIRFLOW_COMPONENT says for which: scheduler (the DAG processor, too), webserver or worker.
