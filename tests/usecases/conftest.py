"""Silos of files, for whoever reads one."""

from pathlib import Path
from typing import Any

import pytest

from midchannel.outside.silos import actions as silos
from midchannel.outside.silos.readers import files
from tests.usecases.reading import BOSS, PEOPLE, Opened, map_it, put, tick


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """The data folder's place for files to be read."""
    settings.DATA = tmp_path
    return files.folder()


@pytest.fixture
def opened(folder: Path) -> Opened:
    """Open a silo of a file, map it by its names, with changes."""

    def make(
        name: str = "people.csv", content: str | bytes | None = PEOPLE, *, kind: str = "customers", **changes: Any
    ) -> int:
        if content is not None:
            put(folder, name, content)
        silo_id = silos.open_silo(
            name=f"{name} {kind}", system="Shop", reader="file", config={"file": name}, by=BOSS, now=tick()
        )
        map_it(silo_id, kind, **changes)
        return silo_id

    return make
