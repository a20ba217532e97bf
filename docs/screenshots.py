"""The README's picture of Airflow's grid, taken from the stack that runs: `python -m docs.screenshots`.

Needs a Chromium with its driver (Debian: `chromium`, `chromium-driver`) and the development environment; take
it after `make dag-run`.
"""

import argparse
import sys
from pathlib import Path

from rich.console import Console
from selenium.common.exceptions import TimeoutException, WebDriverException
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support import expected_conditions as there_is
from selenium.webdriver.support.wait import WebDriverWait

from services.settings import PROJECT_ROOT, Settings, load_settings
from tests.support.browser.chromium import SECONDS, browser, log_in_to_airflow

PICTURE = PROJECT_ROOT / "docs" / "images" / "dag-grid.png"

_BESIDE_ITS_BUTTON = -150
_GRID_WIDER = 200
"""Pixels: room for ten more runs."""


def take_grid(driver: WebDriver, settings: Settings, dag_id: str, picture: Path) -> None:
    """The grid of a DAG with the states of its last runs."""
    driver.get(f"{settings.airflow_url}/dags/{dag_id}")
    cell = (By.CSS_SELECTOR, f"a[href*='/dags/{dag_id}/runs/'][href*='/tasks/']")
    WebDriverWait(driver, SECONDS).until(there_is.visibility_of_element_located(cell))
    _widen_grid(driver)
    picture.parent.mkdir(parents=True, exist_ok=True)
    driver.save_screenshot(str(picture))


def _widen_grid(driver: WebDriver) -> None:
    """Draw the border between grid and details to the right: the newest runs stand there."""
    border = driver.find_element(By.CSS_SELECTOR, "[data-panel-resize-handle-id], [role=separator]")
    mouse = ActionChains(driver).move_to_element_with_offset(border, 0, _BESIDE_ITS_BUTTON)
    mouse.click_and_hold().move_by_offset(_GRID_WIDER, 0).release().perform()


def main() -> int:
    """Take it; 0 done, 1 failed."""
    parser = argparse.ArgumentParser(prog="python -m docs.screenshots", description=__doc__)
    parser.add_argument("--dag", metavar="ID", help="which (default: the pipeline's own)")
    parser.add_argument("--picture", type=Path, default=PICTURE, help="default: %(default)s")
    options = parser.parse_args()
    settings = load_settings()
    console = Console(stderr=True, markup=False)
    try:
        with browser() as driver:
            log_in_to_airflow(driver, settings)
            dag_id = options.dag or f"{settings.user_id}_dag"
            take_grid(driver, settings, dag_id, options.picture)
    except TimeoutException:
        console.print(
            f"Airflow's page did not come within {SECONDS} s. `make status`; `make dag-run`?"
        )
        return 1
    except FileNotFoundError as error:
        console.print(str(error))
        return 1
    except WebDriverException as error:
        console.print(f"The browser failed: {error.msg}")
        return 1
    console.print(str(options.picture))
    return 0


if __name__ == "__main__":
    sys.exit(main())
