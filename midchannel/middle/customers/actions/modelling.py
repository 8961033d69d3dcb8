"""The weights in use: what was learned from the company's own records, else what comes with the program."""

import json
import time
from datetime import datetime

from django.db import transaction

from midchannel.engines.identity import model
from midchannel.middle.customers.models import IdentityModel
from midchannel.platform.database.bulk import fetch

LOOKS_EVERY_SECONDS = 5.0

_held: tuple[float, str, model.Model] | None = None


def active() -> model.Model:
    """The model in use. Other processes' choice is seen within a few seconds."""
    global _held  # noqa: PLW0603 - reading 20 KB of JSON at every batch would be felt
    if _held is not None and time.monotonic() - _held[0] < LOOKS_EVERY_SECONDS:
        return _held[2]
    rows = fetch("SELECT version FROM identity_model WHERE is_active")
    version = rows[0][0] if rows else ""
    weights = _held[2] if _held is not None and _held[1] == version else _read(version)
    _held = (time.monotonic(), version, weights)
    return weights


def _read(version: str) -> model.Model:
    if not version:
        return model.load_default()
    body = fetch("SELECT body::text FROM identity_model WHERE version = %s", [version])[0][0]
    return model.Model.from_json(body)


@transaction.atomic
def keep_model(trained: model.Model, *, records: int, now: datetime) -> None:
    """Keep a trained model and use it from now on. What was decided before stays until it is resolved anew."""
    global _held  # noqa: PLW0603 - see active
    IdentityModel.objects.filter(is_active=True).update(is_active=False)
    IdentityModel.objects.update_or_create(
        version=trained.version,
        defaults={
            "body": json.loads(trained.to_json()),
            "trained_at": now,
            "records": records,
            "is_active": True,
        },
    )
    _held = None
