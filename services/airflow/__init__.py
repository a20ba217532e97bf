"""Airflow from outside: what it has, and a DAG run followed to its end."""
