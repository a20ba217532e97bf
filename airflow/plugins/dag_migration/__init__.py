"""Files written for Airflow 2, made to work in Airflow 3. Knows nothing of Airflow itself."""
