"""`python -m services.airflow`."""

import sys

from services.airflow.cli import main

if __name__ == "__main__":
    sys.exit(main())
