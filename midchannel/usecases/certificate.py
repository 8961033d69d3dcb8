"""The certificate of an erasure: what was removed where, what stays and why, when the last backup that still has it goes. Signed.

It names nobody: whoever asked knows the number of their request. The signature is an HMAC (RFC 2104, SHA-256) under a key of this
installation, so that `midchannel rights verify` and the page can tell whether a paper is what was issued.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.utils.crypto import constant_time_compare

from midchannel.middle.consents import queries as consents
from midchannel.middle.consents.models import RightsRequest
from midchannel.platform.accounts import queries as accounts

FORMAT = 1
# What stays, by a word for machines; the words for people are in `web.rights.words`.
KEPT = ("facts", "keys", "others", "audit", "outside")


def make(row: RightsRequest, *, log_words: str, is_log_clean: bool, now: datetime) -> dict[str, Any]:
    """The certificate of a finished erasure, signed."""
    known = row.progress
    body: dict[str, Any] = {
        "format": FORMAT,
        "certificate": "erasure",
        "company": accounts.company_name(),
        "request": str(row.pk),
        "customer": str(row.customer_id),
        "asked_at": row.opened_at.isoformat(),
        "asked_of": row.opened_by_name,
        "removed_at": known["removed_at"],
        "finished_at": now.isoformat(),
        "removed": [{"where": table, "count": count} for table, count in known["counts"].items()],
        "files": known["files_removed"],
        "shared_conversations": known["shared"],
        "written_anew": known["rewritten"],
        "log": {"is_clean": is_log_clean, "words": log_words},
        "kept": list(KEPT),
        "backups": list_backups(now=now),
    }
    return {**body, **_seal(body)}


def _seal(body: dict[str, Any]) -> dict[str, str]:
    packed = msgspec.json.encode(body, order="deterministic")
    key = hashlib.sha256(b"midchannel certificates v1:" + settings.SECRET_KEY.encode()).digest()
    return {"sha256": hashlib.sha256(packed).hexdigest(), "signature": hmac.new(key, packed, "sha256").hexdigest()}


def is_genuine(certificate: dict[str, Any]) -> bool:
    """Whether a certificate is one this installation issued, unchanged."""
    body = {key: value for key, value in certificate.items() if key not in {"sha256", "signature"}}
    return constant_time_compare(str(certificate.get("signature", "")), _seal(body)["signature"])


def list_backups(*, now: datetime) -> list[dict[str, Any]]:
    """Backups in the data folder that were made before now, and when each goes: None where no rule ends it."""
    days = consents.get_retention_days("backups")
    found = []
    for path in sorted((Path(settings.DATA) / "backups").glob("*.tar")):
        made_at = datetime.fromtimestamp(path.stat().st_mtime, tz=now.tzinfo)
        goes_at = (made_at + timedelta(days=days)).isoformat() if days else None
        found.append({"name": path.name, "made_at": made_at.isoformat(), "goes_at": goes_at})
    return found
