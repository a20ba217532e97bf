"""What a package is called where it is published, by the name that scripts import."""

import re

DISTRIBUTIONS = {
    "Crypto": "pycryptodome", "MySQLdb": "PyMySQL", "PIL": "pillow", "aiohttp": "aiohttp", "aiomysql": "aiomysql",
    "asyncmy": "asyncmy", "awswrangler": "awswrangler", "backoff": "backoff", "boto3": "boto3",
    "botocore": "botocore", "box": "python-box", "bs4": "beautifulsoup4",
    "click": "click", "colorama": "colorama", "coloredlogs": "coloredlogs",
    "confluent_kafka": "confluent-kafka", "cv2": "opencv-python-headless", "dateutil": "python-dateutil",
    "decouple": "python-decouple", "dotenv": "python-dotenv", "dynaconf": "dynaconf", "environ": "django-environ",
    "environs": "environs", "faker": "Faker", "fire": "fire", "google.cloud": "google-cloud-core", "httpx": "httpx",
    "hydra": "hydra-core", "jose": "python-jose", "kafka": "kafka-python", "loguru": "loguru", "mysql":
    "mysql-connector-python", "numpy": "numpy", "omegaconf": "omegaconf", "orjson": "orjson", "pandas": "pandas",
    "polars": "polars", "psycopg2": "psycopg2-binary", "pydantic": "pydantic", "pydantic_settings": "pydantic-settings",
    "pymysql": "PyMySQL", "pytz": "pytz", "requests": "requests", "requests_aws4auth": "requests-aws4auth",
    "requests_toolbelt": "requests-toolbelt", "retry": "retry", "rich": "rich", "ruamel": "ruamel.yaml",
    "schedule": "schedule", "simplejson": "simplejson", "six": "six", "sklearn": "scikit-learn",
    "sqlalchemy": "SQLAlchemy", "sqlalchemy_utils": "SQLAlchemy-Utils", "sqlmodel": "sqlmodel",
    "structlog": "structlog",
    "tabulate": "tabulate", "tenacity": "tenacity", "termcolor": "termcolor", "toml": "toml", "tqdm": "tqdm",
    "typer": "typer", "tzlocal": "tzlocal", "ujson": "ujson", "urllib3": "urllib3", "yaml": "PyYAML",
}  # fmt: skip
"""Import → distribution. What is in neither this table nor the repository's own files is never installed."""

WITHOUT_WHEELS = {
    "mysql-python": "PyMySQL",
    "mysqlclient": "PyMySQL",
    "psycopg2": "psycopg2-binary",
}
"""Distribution that has to be compiled → one that need not, and does the same."""


def normalized(name: str) -> str:
    """As registries compare names (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
