"""The demo: a made-up company with four weeks behind it, and everything about it removed again.

What customers say comes through the arrival path, what colleagues do through the use cases.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from midchannel.outside.channels.models import Channel
from midchannel.platform.database.bulk import execute
from midchannel.usecases import demo_company

HISTORY = timedelta(days=28)
SETTING_UP = 0x6D63_0003


@dataclass(frozen=True, slots=True)
class SignIns:
    """Who may sign in: (address, password, name, role)."""

    people: tuple[tuple[str, str, str, str], ...]

    def __str__(self) -> str:
        """One line each, for the terminal."""
        lines = [f"{email}  {password}  ({role})" for email, password, _name, role in self.people]
        return "\n".join(lines)


def set_up(*, now: datetime) -> SignIns:
    """Make the company with its history, once and whole: after a crash there is nothing of it, and it is made anew."""
    with transaction.atomic():
        execute("SELECT pg_advisory_xact_lock(%s)", [SETTING_UP])
        if not Channel.objects.filter(is_demo=True).exists():
            demo_company.found(now=now - HISTORY)
    return SignIns(demo_company.sign_ins())
