"""What Airflow 3 removed, kept for the user's DAGs in the processes that load and run them."""
