"""Who may log in to the native MySQL."""

import pymysql
import pytest

from services.settings import Settings


@pytest.mark.parametrize("user", ["root", "", "mysql", "pincloud", "reader"])
def test_nobody_gets_in_without_a_password(infra: Settings, user: str) -> None:
    """Neither root nor an anonymous user nor our own accounts, over the port."""
    with pytest.raises(pymysql.OperationalError, match="Access denied"):
        pymysql.connect(host=infra.mysql_host, port=infra.mysql_port, user=user)
