"""What Spark takes without our jobs: to connect, and to copy objects into Delta. The batch's limits.

python -m benchmarks.load.bare_spark connect
python -m benchmarks.load.bare_spark copy
"""

import argparse
import tempfile

from services.settings import load_settings
from services.tables import TABLES, bucket
from spark_jobs.session import connect


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.load.bare_spark", description=__doc__
    )
    parser.add_argument("what", choices=["connect", "copy"])
    what = parser.parse_args().what
    settings = load_settings()
    spark = connect(settings)
    spark.range(1).count()
    if what == "copy":
        with tempfile.TemporaryDirectory(dir=settings.state_dir) as folder:
            for table in TABLES:
                objects = f"s3a://{bucket(settings.user_id)}/topics/{table.topic(settings.user_id)}/*/*.json"
                spark.read.text(objects).write.format("delta").save(f"{folder}/{table.name}")


if __name__ == "__main__":
    main()
