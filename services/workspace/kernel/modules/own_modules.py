"""Which loaded modules are the user's own: neither Python's, nor a package's, nor this project's."""

import site
import sys
import sysconfig
from pathlib import Path

from services.settings import PROJECT_ROOT

_OTHERS = ("stdlib", "platstdlib", "purelib", "platlib")
_OURS = ("services", "spark_jobs", "seed_data")


def own_modules() -> list[str]:
    """Their names; an import finds each anew when it is forgotten."""
    others = (
        *(sysconfig.get_path(name) for name in _OTHERS),
        site.getusersitepackages(),
        *_project_folders(),
    )
    files = {name: getattr(module, "__file__", None) for name, module in sys.modules.items()}
    return [
        name
        for name, file in files.items()
        if file and name != "__main__" and not file.startswith(others)
    ]


def _project_folders() -> list[str]:
    root = Path(PROJECT_ROOT)
    return [f"{root / name}/" for name in _OURS if name != "spark_jobs"] + [
        str(file) for file in (root / "spark_jobs").glob("*.py")
    ]
