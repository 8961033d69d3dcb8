"""Secrets at rest: AES-GCM under the installation's key, bound to the place they are kept in."""

import hashlib
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 12


def _cipher() -> AESGCM:
    return AESGCM(hashlib.sha256(b"midchannel secrets v1:" + settings.SECRET_KEY.encode()).digest())


def seal(plain: str, *, place: str) -> bytes:
    """Encrypt. `place` ("table.column:row") is associated data: a sealed value moved to another row does not open."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _cipher().encrypt(nonce, plain.encode(), place.encode())


def unseal(sealed: bytes, *, place: str) -> str:
    """Decrypt. Raises cryptography.exceptions.InvalidTag when the key, the place or the content is not the one sealed."""
    sealed = bytes(sealed)
    return _cipher().decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode()).decode()


def token_hash(token: str) -> bytes:
    """How a token is kept: its SHA-256. Tokens are 256 random bits, so no salt or stretching is needed."""
    return hashlib.sha256(token.encode()).digest()
