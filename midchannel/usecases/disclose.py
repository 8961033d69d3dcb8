"""Disclose: somebody asks what the company holds about them, and gets it whole: a ZIP that a person can read, and that a machine can.

`index.html` is the story in plain words, `data.json` everything (docs/rights.md has its shape), `files/` what they sent and were sent.
What other people wrote is in it only where it was said in a conversation with this person; what colleagues wrote among themselves only
where the request says so. A loop makes it (`usecases.rights`); a crash leaves the row to be made again from the beginning.
"""

import os
import zipfile
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.db import transaction
from django.utils import translation

from midchannel.middle.consents import queries as consents
from midchannel.middle.consents.actions import requesting
from midchannel.middle.consents.models import RequestState, RightsRequest
from midchannel.platform.files import queries as files
from midchannel.usecases import disclosing, disclosing_page

FOLDER = "rights"
KEPT_DAYS = 14
EVERY = 200

Tell = Callable[[int, int], None]


def make(request_id: int, *, now: datetime) -> bool:
    """Make the ZIP of a request that is being worked on, as the only one who does. False when it is no longer wanted."""
    row = RightsRequest.objects.filter(pk=request_id, state=RequestState.WORKING).first()
    if row is None:
        return False
    name = f"access-{row.pk}.zip"
    write(row, place(name), tell=lambda done, total: _tell(request_id, done, total), now=now)
    with transaction.atomic():
        settled = RightsRequest.objects.select_for_update().get(pk=request_id)
        if settled.state == RequestState.WORKING:
            kept = timedelta(days=consents.get_retention_days("exports") or KEPT_DAYS)
            requesting.settle_access(settled, name, expires_at=now + kept, now=now)
        else:  # withdrawn, or the person was erased, meanwhile
            place(name).unlink(missing_ok=True)
    return True


def place(name: str) -> Path:
    """Where an export lies."""
    return Path(settings.DATA) / FOLDER / name


def find_leftovers() -> dict[int, list[Path]]:
    """Files that a crash left of requests which were withdrawn, or whose customer was erased, before they were gone on with."""
    lying: dict[int, list[Path]] = {}
    for path in place("").glob("access-*.zip*"):
        number = path.name.split(".")[0].removeprefix("access-")
        if number.isdecimal():
            lying.setdefault(int(number), []).append(path)
    states = [RequestState.WORKING, RequestState.READY]
    wanted = (
        set(RightsRequest.objects.filter(pk__in=lying, state__in=states).values_list("pk", flat=True))
        if lying
        else set()
    )
    return {number: paths for number, paths in lying.items() if number not in wanted}


def _tell(request_id: int, done: int, total: int) -> None:
    if done % EVERY == 0 or done == total:
        RightsRequest.objects.filter(pk=request_id, state=RequestState.WORKING).update(
            progress={"done": done, "total": total}
        )


def write(row: RightsRequest, path: Path, *, now: datetime, tell: Tell = lambda _done, _total: None) -> None:
    """Write the ZIP beside its place, and move it there when it is whole and on disk."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    held = disclosing.gather(row, tell=tell, now=now)
    language = held["customer"]["language"]
    try:
        with (
            translation.override(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE),
            os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out,
        ):
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
                _add_files(packed, held["files"])
                packed.writestr("data.json", msgspec.json.format(msgspec.json.encode(held), indent=2))
                packed.writestr("index.html", disclosing_page.render(held))
            out.flush()
            os.fsync(out.fileno())
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)


def _add_files(packed: zipfile.ZipFile, listed: Iterable[dict[str, Any]]) -> None:
    done: set[str] = set()
    for file in listed:
        if file["path"] in done:
            continue
        try:
            packed.writestr(file["path"], files.read(file["sha256"]))
        except FileNotFoundError:
            file["path"] = ""
            continue
        done.add(file["path"])
