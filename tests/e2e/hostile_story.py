"""A person has the stack's pages open, and comes upon a hostile page."""

from selenium.webdriver.remote.webdriver import WebDriver

from services.settings import HOST, Settings
from tests.e2e import browsing
from tests.e2e.edges import Door, doors, snapshot
from tests.support.browser.chromium import log_in_to_airflow
from tests.support.browser.hostile_site import NAME, HostileSite, hostile_site, open_service

_STATUS = "return performance.getEntriesByType('navigation')[0].responseStatus"


def tell(driver: WebDriver, settings: Settings, notebooks: str) -> None:
    """Log in everywhere, meet the page under three names, and go on working."""
    browsing.log_in_by_the_form(driver, settings)
    driver.delete_all_cookies()
    browsing.log_in_by_the_address(driver, settings)
    log_in_to_airflow(driver, settings)
    browsing.see_dags(driver, settings)
    browsing.see_notebooks(driver, notebooks)
    before = snapshot(settings)
    with hostile_site(driver) as site:
        _it_can_attack(site)
        found = doors(settings)
        for name in (NAME, "localhost", HOST):
            assert _stolen(site, name, found) == []
        assert _shown_when_bound_anew(driver, found) == []
    assert snapshot(settings) == before
    driver.get(settings.workspace_url)
    browsing.see_runs(driver)
    browsing.see_dags(driver, settings)
    browsing.see_notebooks(driver, notebooks)


def _it_can_attack(site: HostileSite) -> None:
    """Whatever checks nothing is read from, and written to: else what follows would prove nothing."""
    with open_service() as (url, posted):
        stolen = site.attack(NAME, [url], [(url, "evil")])
        assert f"fetch {url}: a secret" in stolen
        assert "evil" in posted


def _stolen(site: HostileSite, name: str, found: list[Door]) -> list[str]:
    reads = [door.url + path for door in found for path in door.reads]
    writes = [(door.url + path, body) for door in found for path, body in door.writes]
    return site.attack(name, reads, writes)


def _shown_when_bound_anew(driver: WebDriver, found: list[Door]) -> list[str]:
    """What the browser shows of the stack under the hostile site's own name."""
    shown = []
    for door in found:
        for path in door.reads:
            driver.get(f"http://{NAME}:{door.port}{path}")
            if driver.execute_script(_STATUS) < 400:
                shown.append(f"{door.service}{path}")
    return shown
