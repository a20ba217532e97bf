"""Whether a part of Airflow is alive: the API server answers, and the part has sent its heartbeat lately."""

import json
import sys
import urllib.request

URL = "http://airflow_api:8080/api/v2/monitor/health"


def check(part: str) -> None:
    """End with exit code 1 and a message unless the part is healthy.

    Args:
        part: `metadatabase`, `scheduler`, `dag_processor` or `triggerer`.
    """
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(URL, timeout=5) as answer:
            status = json.load(answer)[part]["status"]
    except (OSError, ValueError, KeyError) as error:
        sys.exit(f"{URL}: {error}")
    if status != "healthy":
        sys.exit(f"Airflow's {part} has sent no heartbeat lately.")


if __name__ == "__main__":
    check(sys.argv[1])
