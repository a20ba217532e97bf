"""Entry point of `python -m spark_jobs.batch`."""

from spark_jobs.batch.run import main

if __name__ == "__main__":
    raise SystemExit(main())
