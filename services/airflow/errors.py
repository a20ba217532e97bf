"""What can go wrong between us and Airflow."""


class AirflowError(RuntimeError):
    """Airflow would not do what was asked; the message says what and what to do next."""


class AirflowUnreachableError(AirflowError):
    pass


class AirflowNotFoundError(AirflowError):
    pass
