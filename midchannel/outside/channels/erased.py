"""What was erased does not come back: of each document only a key under the installation's secret stays.

The keys in `seen` can be computed by whoever knows an address of a post; these cannot without the secret, which is not in the database.
"""

from collections.abc import Iterable
from hashlib import blake2b

from django.conf import settings

from midchannel.platform.database.bulk import array, execute, fetch


def forget_seen(keys: Iterable[str]) -> int:
    """Turn keys of `seen` into erased ones. In the caller's transaction. Returns how many were known."""
    wanted = sorted(set(keys))
    execute("DELETE FROM seen_version WHERE key = ANY(%s::uuid[])", [array(wanted)])
    gone = [key.hex for (key,) in fetch("DELETE FROM seen WHERE key = ANY(%s::uuid[]) RETURNING key", [array(wanted)])]
    execute(
        "INSERT INTO seen_erased (key) SELECT * FROM unnest(%s::uuid[]) ON CONFLICT DO NOTHING",
        [array(sorted(map(_sealed, gone)))],
    )
    return len(gone)


def take_erased(keys: Iterable[str]) -> set[str]:
    """Those of some keys, just written into `seen`, that were erased before; they leave `seen` again."""
    of_sealed = {_sealed(key): key for key in keys}
    rows = fetch("SELECT key FROM seen_erased WHERE key = ANY(%s::uuid[])", [array(of_sealed)])
    erased = {of_sealed[key.hex] for (key,) in rows}
    if erased:
        execute("DELETE FROM seen WHERE key = ANY(%s::uuid[])", [array(sorted(erased))])
    return erased


def _sealed(key: str) -> str:
    secret = blake2b(settings.SECRET_KEY.encode(), digest_size=32, person=b"mc erased keys").digest()
    return blake2b(key.encode(), digest_size=16, key=secret).hexdigest()
