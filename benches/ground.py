"""What a bench stands on: a PostgreSQL server and a data folder of its own, and Django on them."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from midchannel.platform.database import embedded


@contextlib.contextmanager
def own_server() -> Iterator[tuple[embedded.Server, Path]]:
    """The server and its folder, with Django set up on them; both are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="midchannel-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = embedded.Server(folder / "postgres")
        server.start()
        try:
            server.ensure_roles()
            os.environ["DATABASE_URL"] = server.url(role=embedded.OWNER)
            os.environ["MIDCHANNEL_DATA"] = name
            os.environ["MIDCHANNEL_AS_OWNER"] = "1"
            set_up()
            yield server, folder
        finally:
            server.stop()


def set_up() -> None:
    """Django on the server that the environment names."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "midchannel.config.settings")
    django.setup()
