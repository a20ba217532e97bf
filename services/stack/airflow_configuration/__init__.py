"""Airflow's configuration, the same in both runtimes; knows nothing of processes or containers."""
