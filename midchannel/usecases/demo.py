"""The demo: a made-up company with four weeks behind it, and everything about it removed again.

What customers say comes through the arrival path, what colleagues do through the use cases.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.outside.channels.models import Channel
from midchannel.platform.accounts import actions as accounts
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit.actions import Actor
from midchannel.platform.database.bulk import execute
from midchannel.platform.errors import ConflictError, NotAllowedError
from midchannel.usecases import demo_company, demo_history, demo_removal

COMPANY = "Lantern Bank"
HISTORY = timedelta(days=28)
SETTING_UP = 0x6D63_0003


class RealCompanyError(ConflictError):
    """There is a real company here already. Give the demo a data folder of its own: `midchannel demo --data FOLDER`."""


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
            if Channel.objects.exists():
                raise RealCompanyError
            company = demo_company.found(now=now - HISTORY)
            accounts.name_company(COMPANY, now=now - HISTORY)
            demo_history.tell(company, now=now, history=HISTORY)
    return SignIns(demo_company.sign_ins())


def remove(viewer: Viewer | None, *, now: datetime) -> None:
    """Remove everything made up: the demo company, every simulated network, and all that came of them. Again is harmless."""
    if viewer is not None and not viewer.is_administrator:
        raise NotAllowedError(_("Only an administrator removes the demo. Ask one."))
    with transaction.atomic():
        execute("SELECT pg_advisory_xact_lock(%s)", [SETTING_UP])
        demo_removal.remove(Actor(viewer.name, viewer.user_id) if viewer else Actor("terminal"), now=now)
