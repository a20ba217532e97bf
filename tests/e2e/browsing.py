"""The pages of a full stack, opened in a browser as a person opens them."""

import contextlib
import subprocess
from collections.abc import Iterator

import urllib3
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support import expected_conditions as there_is
from selenium.webdriver.support.wait import WebDriverWait

from services.browser_login import login_address
from services.settings import HOST, Settings
from tests.support.browser.chromium import SECONDS
from tests.support.commands import Commands
from tests.support.polling import eventually

_JUPYTER_TOKEN = "of-the-tests"


@contextlib.contextmanager
def jupyter(clone: Commands, settings: Settings) -> Iterator[str]:
    """JupyterLab, without a browser of its own; the address with its token."""
    environment = {**clone.environment, "JUPYTER_TOKEN": _JUPYTER_TOKEN}
    process = Commands(environment, clone.checkout).module(
        "services.workspace.jupyter", "--no-browser"
    )
    url = f"http://{HOST}:{settings.jupyter_port}"
    try:
        eventually("JupyterLab", lambda: _answers(f"{url}/api"), within=60)
        yield login_address(f"{url}/lab", _JUPYTER_TOKEN)
    finally:
        process.terminate()
        try:
            process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def _answers(url: str) -> bool:
    try:
        return urllib3.request("GET", url, retries=False).status == 200
    except urllib3.exceptions.HTTPError:
        return False


def log_in_by_the_form(driver: WebDriver, settings: Settings) -> None:
    """Type the token into the workspace's form, and arrive at the page that was asked for."""
    driver.get(f"{settings.workspace_url}/?skip=0")
    field = driver.find_element(By.NAME, "token")
    field.send_keys(settings.workspace_token.get_secret_value())
    field.submit()
    see_runs(driver)


def log_in_by_the_address(driver: WebDriver, settings: Settings) -> None:
    """Open what `make status` prints; the token does not stay in the address."""
    token = settings.workspace_token.get_secret_value()
    driver.get(login_address(settings.workspace_url, token))
    see_runs(driver)
    assert token not in driver.current_url


def see_runs(driver: WebDriver) -> None:
    """The workspace's first page."""
    heading = (By.XPATH, "//h1[text()='Runs']")
    WebDriverWait(driver, SECONDS).until(there_is.visibility_of_element_located(heading))


def see_dags(driver: WebDriver, settings: Settings) -> None:
    """Airflow's page of the daily DAG, which asks its API for all that it shows."""
    dag = f"{settings.user_id}_dag"
    driver.get(f"{settings.airflow_url}/dags/{dag}")
    task = (By.XPATH, "//*[text()='wait_for_objects']")
    WebDriverWait(driver, SECONDS).until(there_is.visibility_of_any_elements_located(task))


def see_notebooks(driver: WebDriver, address: str) -> None:
    """JupyterLab's list of files."""
    driver.get(address)
    item = (By.CSS_SELECTOR, ".jp-DirListing-item")
    WebDriverWait(driver, SECONDS).until(there_is.visibility_of_element_located(item))
