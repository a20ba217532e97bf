"""A Chromium without a window, and Airflow's login in it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support import expected_conditions as there_is
from selenium.webdriver.support.wait import WebDriverWait

from services.settings import Settings

SECONDS = 60
_SIZE = (1500, 900)
_ARGUMENTS = ("--headless=new", "--no-sandbox", "--hide-scrollbars", "--disable-gpu")


@contextmanager
def browser(*arguments: str) -> Iterator[WebDriver]:
    """A Chromium, with more arguments.

    Raises:
        FileNotFoundError: none is installed.
    """
    options = ChromeOptions()
    for argument in (*_ARGUMENTS, f"--window-size={_SIZE[0]},{_SIZE[1]}", *arguments):
        options.add_argument(argument)
    options.binary_location = program("chromium", "chromium-browser", "google-chrome")
    driver = Chrome(options=options, service=Service(program("chromedriver")))
    try:
        yield driver
    finally:
        driver.quit()


def program(*names: str) -> str:
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


def log_in_to_airflow(driver: WebDriver, settings: Settings) -> None:
    """As a person does, at Airflow's own form."""
    driver.get(f"{settings.airflow_url}/auth/login/")
    wait = WebDriverWait(driver, SECONDS)
    wait.until(there_is.element_to_be_clickable((By.NAME, "username"))).send_keys(
        settings.airflow_user
    )
    password = driver.find_element(By.NAME, "password")
    password.send_keys(settings.airflow_password.get_secret_value())
    password.submit()
    wait.until(lambda page: "/auth/login" not in page.current_url)
