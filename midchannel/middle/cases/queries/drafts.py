"""Drafts of plans, and what a plan shall not be offered."""

from dataclasses import dataclass
from datetime import datetime

from midchannel.middle.cases.models import PlanVersion
from midchannel.middle.cases.plan_models import DeclinedAddition, PlanDraft
from midchannel.platform.accounts.models import User
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft in a list. `plan` is empty where it was never saved."""

    id: int
    plan: str
    title: str
    owner_id: int
    owner: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class DraftDetail:
    """A draft with its text. `base_*` is the version it began from, `current_*` the one that is current now; 0 where there is none."""

    id: int
    plan: str
    text: str
    base_id: int
    base_number: int
    base_text: str
    current_id: int
    current_number: int
    made_at: datetime
    changed_at: datetime

    @property
    def is_changed(self) -> bool:
        """Whether it says anything that its base does not."""
        return self.text != self.base_text

    @property
    def is_behind(self) -> bool:
        """Whether somebody has saved the plan meanwhile."""
        return self.current_id != self.base_id


def list_drafts(viewer: Viewer, *, plan: str = "") -> list[DraftRow]:
    """Drafts, the newest first: the viewer's own, or, of one plan, everybody's. Nothing for who does not lead."""
    if not viewer.is_lead:
        return []
    found = PlanDraft.objects.filter(plan=plan) if plan else PlanDraft.objects.filter(owner_id=viewer.user_id)
    rows = list(found.defer("text").order_by("-changed_at")[:100])
    titles = dict(
        PlanVersion.objects.filter(name__in={each.plan for each in rows}, is_current=True).values_list("name", "title")
    )
    names = dict(User.objects.filter(pk__in={each.owner_id for each in rows}).values_list("pk", "name"))
    return [
        DraftRow(each.pk, each.plan, titles.get(each.plan, ""), each.owner_id, names.get(each.owner_id, ""), each.changed_at)
        for each in rows
    ]  # fmt: skip


def get_draft(viewer: Viewer, draft_id: int) -> DraftDetail:
    """A draft of the viewer. Raises NotFoundError."""
    draft = PlanDraft.objects.filter(pk=draft_id, owner_id=viewer.user_id).first() if viewer.is_lead else None
    if draft is None:
        raise NotFoundError
    base = PlanVersion.objects.filter(pk=draft.base_id).first() if draft.base_id else None
    current = PlanVersion.objects.filter(name=draft.plan, is_current=True).first() if draft.plan else None
    return DraftDetail(
        draft.pk, draft.plan, draft.text, base.pk if base else 0, base.number if base else 0, base.text if base else "",
        current.pk if current else 0, current.number if current else 0, draft.made_at, draft.changed_at,
    )  # fmt: skip


def list_declined(viewer: Viewer, plan: str) -> frozenset[str]:
    """What was declined for a plan: titles in small letters."""
    return frozenset(DeclinedAddition.objects.filter(plan=plan).values_list("said", flat=True))
