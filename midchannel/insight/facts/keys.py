"""Pseudonyms: the same person has the same key, and nobody without the pepper can tell whose it is."""

from hashlib import blake2b


def person_key(pepper: bytes, handle_id: int) -> int:
    """The key of whoever is behind a handle."""
    return _key(pepper, b"handle", handle_id)


def actor_key(pepper: bytes, user_id: int) -> int:
    """The key of a colleague."""
    return _key(pepper, b"colleague", user_id)


def _key(pepper: bytes, kind: bytes, identifier: int) -> int:
    digest = blake2b(identifier.to_bytes(8, "big", signed=True), digest_size=8, key=pepper, person=kind).digest()
    return int.from_bytes(digest, "big", signed=True)
