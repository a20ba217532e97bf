"""MariaDB as the course's MySQL."""

import getpass
import shutil
import subprocess
from functools import partial
from pathlib import Path

from services.files import private_folder, rename_filled, write_private
from services.settings import HOST, Settings
from services.setup.native import MariaDB, mariadb
from services.source.accounts import accounts_sql
from services.stack import probes
from services.stack.layout import Layout
from services.stack.native.service import NativeService
from services.stack.native.supervisor import make_socket_dir, socket_path


def service(settings: Settings, layout: Layout) -> NativeService:
    """The database server, with its accounts set anew at every start."""
    programs = mariadb()
    return NativeService(
        name="mysql",
        command=(
            str(programs.server),
            "--no-defaults",
            f"--basedir={programs.home}",
            f"--datadir={_datadir(layout)}",
            f"--socket={socket_path(layout.state, 'mysql')}",
            f"--tmpdir={_tmpdir(layout)}",
            f"--pid-file={layout.run / 'mysql.pid'}",
            f"--init-file={_init_file(layout)}",
            f"--bind-address={HOST}",
            f"--port={settings.mysql_port}",
            "--skip-name-resolve",
            "--character-set-server=utf8mb4",
            "--collation-server=utf8mb4_unicode_ci",
            "--innodb-buffer-pool-size=64M",
            "--performance-schema=OFF",
            f"--user={getpass.getuser()}",
        ),
        ports={"mysql_port": settings.mysql_port},
        ready=partial(probes.mysql, settings),
        prepare=partial(_prepare, settings, layout, programs),
        url=f"mysql://{settings.mysql_reader_user}@{HOST}:{settings.mysql_port}/{settings.mysql_database}",
    )


def _datadir(layout: Layout) -> Path:
    return layout.data / "mysql"


def _tmpdir(layout: Layout) -> Path:
    """A starting server deletes what others left in its folder for temporary tables: never a shared one."""
    return socket_path(layout.state, "mysql").parent


def _init_file(layout: Layout) -> Path:
    return layout.run / "mysql-init.sql"


def _prepare(settings: Settings, layout: Layout, programs: MariaDB) -> None:
    make_socket_dir(layout.state)
    write_private(_init_file(layout), accounts_sql(settings, host=HOST))
    if not _datadir(layout).exists():
        _install(layout, programs)


def _install(layout: Layout, programs: MariaDB) -> None:
    """Make the system tables; the rename at the end makes it all or nothing.

    The script does not quote the data folder, so it is named without the checkout's path.
    """
    scratch = layout.data / "mysql.new"
    shutil.rmtree(scratch, ignore_errors=True)
    private_folder(scratch.parent)
    subprocess.run(
        [
            str(programs.install),
            "--no-defaults",
            f"--basedir={programs.home}",
            f"--datadir=./{scratch.name}",
            f"--tmpdir={_tmpdir(layout)}",
            "--auth-root-authentication-method=socket",
            f"--auth-root-socket-user={getpass.getuser()}",
            "--skip-test-db",
            f"--user={getpass.getuser()}",
        ],
        check=True,
        capture_output=True,
        cwd=scratch.parent,
    )
    rename_filled(scratch, _datadir(layout))
