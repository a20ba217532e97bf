"""Airflow's processes on this machine: its home, its packages, its start-up script."""
