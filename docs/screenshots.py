"""The README's picture of Airflow's grid, taken from the stack that runs: `python -m docs.screenshots`.

Needs a Chromium with its driver (Debian: `chromium`, `chromium-driver`) and the development environment; take
it after `make dag-run`.
"""

import argparse
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from selenium.common.exceptions import TimeoutException, WebDriverException
from selenium.webdriver import ActionChains, Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support import expected_conditions as there_is
from selenium.webdriver.support.wait import WebDriverWait

from services.settings import PROJECT_ROOT, Settings, load_settings

PICTURE = PROJECT_ROOT / "docs" / "images" / "dag-grid.png"

_SECONDS = 60
_SIZE = (1500, 900)
_BESIDE_ITS_BUTTON = -150
_GRID_WIDER = 200
"""Pixels: room for ten more runs."""


@contextmanager
def browser() -> Iterator[WebDriver]:
    """A Chromium without a window."""
    options = ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--hide-scrollbars", "--disable-gpu"):
        options.add_argument(argument)
    options.add_argument(f"--window-size={_SIZE[0]},{_SIZE[1]}")
    options.binary_location = _program("chromium", "chromium-browser", "google-chrome")
    driver = Chrome(options=options, service=Service(_program("chromedriver")))
    try:
        yield driver
    finally:
        driver.quit()


def _program(*names: str) -> str:
    """Where one of these is; looked for here, so that selenium does not download one.

    Raises:
        FileNotFoundError: none is installed.
    """
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        raise FileNotFoundError(
            f"There is no {names[0]} on this machine. Install Chromium with its driver."
        )
    return found


def log_in(driver: WebDriver, settings: Settings) -> None:
    """As a person does, at Airflow's own form."""
    driver.get(f"{settings.airflow_url}/auth/login/")
    wait = WebDriverWait(driver, _SECONDS)
    wait.until(there_is.element_to_be_clickable((By.NAME, "username"))).send_keys(
        settings.airflow_user
    )
    password = driver.find_element(By.NAME, "password")
    password.send_keys(settings.airflow_password.get_secret_value())
    password.submit()
    wait.until(lambda page: "/auth/login" not in page.current_url)


def take_grid(driver: WebDriver, settings: Settings, dag_id: str, picture: Path) -> None:
    """The grid of a DAG with the states of its last runs."""
    driver.get(f"{settings.airflow_url}/dags/{dag_id}")
    cell = (By.CSS_SELECTOR, f"a[href*='/dags/{dag_id}/runs/'][href*='/tasks/']")
    WebDriverWait(driver, _SECONDS).until(there_is.visibility_of_element_located(cell))
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
            log_in(driver, settings)
            dag_id = options.dag or f"{settings.user_id}_dag"
            take_grid(driver, settings, dag_id, options.picture)
    except TimeoutException:
        console.print(
            f"Airflow's page did not come within {_SECONDS} s. `make status`; `make dag-run`?"
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
