"""What can go wrong between us and Airflow."""


class AirflowError(RuntimeError):
    """Airflow would not do what was asked; the message says what and what to do next."""


class AirflowUnreachableError(AirflowError):
    """Nothing answers at Airflow's address."""


class AirflowNotFoundError(AirflowError):
    """Airflow has no such thing."""
