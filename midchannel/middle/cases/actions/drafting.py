"""Drafts of plans: begun, kept while somebody types, saved as a version; and offers that a plan shall not have."""

import re
from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext as _

from midchannel.engines.casework import yaml_nodes
from midchannel.middle.cases import plans
from midchannel.middle.cases.actions import planning
from midchannel.middle.cases.errors import PlanNotFoundError, SavedMeanwhileError
from midchannel.middle.cases.models import PlanVersion
from midchannel.middle.cases.plan_models import DeclinedAddition, PlanDraft
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError

NAME = re.compile(r"\w[\w.-]{0,79}")
MOST_DRAFTS = 100


def check_may_edit(viewer: Viewer) -> None:
    """Who may write plans. Raises NotAllowedError."""
    if not viewer.is_lead:
        raise NotAllowedError(_("Only a lead can change a plan."))


@transaction.atomic
def begin_draft(viewer: Viewer, *, plan: str = "", text: str = "", now: datetime) -> int:
    """A draft of the viewer: of a plan, from its current version (or the draft they have already), or of a new one with `text`.

    Raises NotAllowedError, PlanNotFoundError, ConflictError beyond `MOST_DRAFTS`.
    """
    check_may_edit(viewer)
    mine = PlanDraft.objects.filter(owner_id=viewer.user_id)
    if plan:
        there = mine.filter(plan=plan).first()
        if there is not None:
            return there.pk
    if mine.count() >= MOST_DRAFTS:
        raise ConflictError(_("You have %s drafts. Throw one away first.") % MOST_DRAFTS)
    current = PlanVersion.objects.filter(name=plan, is_current=True).first() if plan else None
    if plan and current is None:
        raise PlanNotFoundError
    draft = PlanDraft.objects.create(
        id=ids.take(1, now=now)[0], owner_id=viewer.user_id, plan=plan, text=current.text if current else text[: yaml_nodes.LARGEST],
        base_id=current.pk if current else None, made_at=now, changed_at=now,
    )  # fmt: skip
    return draft.pk


@transaction.atomic
def keep_draft(viewer: Viewer, draft_id: int, text: str, *, now: datetime) -> None:
    """Keep what was typed, whether it is a plan yet or not. Raises NotFoundError; InvalidError beyond `yaml_nodes.LARGEST` characters."""
    if len(text) > yaml_nodes.LARGEST:
        raise InvalidError(
            _("The text is longer than a million characters. What was kept before is still there."), "text"
        )
    clean = text.replace("\0", "")
    if not _mine(viewer, draft_id).update(text=clean, changed_at=now):
        raise NotFoundError


@transaction.atomic
def drop_draft(viewer: Viewer, draft_id: int) -> None:
    """Throw a draft away. Raises NotFoundError."""
    if not _mine(viewer, draft_id).delete()[0]:
        raise NotFoundError


@transaction.atomic
def publish_draft(viewer: Viewer, draft_id: int, *, base_id: int | None, note: str, now: datetime) -> int:
    """Save a draft as the next version of its plan, current from now on, and be done with the draft. Returns the version.

    `base_id` is the version that the person has seen and goes on from. Raises NotFoundError, PlanWrongError, InvalidError without a note or
    with another plan's name, SavedMeanwhileError when that version is not the current one any more.
    """
    check_may_edit(viewer)
    draft = _mine(viewer, draft_id).select_for_update().first()
    if draft is None:
        raise NotFoundError
    said = plans.read(draft.text).plan
    if not NAME.fullmatch(said.id):
        raise InvalidError(_("The name behind `plan:` is one word of letters, digits, `_`, `-` and `.`."), "text")
    if draft.plan and said.id != draft.plan:
        raise InvalidError(
            _("This is a draft of the plan “%s”: its name stays. Begin a new plan for another one.") % draft.plan,
            "text",
        )
    current = PlanVersion.objects.filter(name=said.id, is_current=True).select_for_update().first()
    if current is not None and current.pk != base_id:
        raise SavedMeanwhileError(current.pk, current.number, current.made_by_name)
    if current is not None and not note.strip():
        raise InvalidError(_("Say in a few words what is new."), "note")
    version_id = planning.save_plan(viewer, draft.text, now=now, reason=note.strip()[:2000])
    draft.delete()
    return version_id


@transaction.atomic
def decline_addition(viewer: Viewer, plan: str, title: str, *, now: datetime) -> None:
    """This is not offered for the plan any more. Again is harmless. Raises NotAllowedError, PlanNotFoundError."""
    check_may_edit(viewer)
    version = PlanVersion.objects.filter(name=plan, is_current=True).first()
    if version is None:
        raise PlanNotFoundError
    _, is_new = DeclinedAddition.objects.get_or_create(
        plan=plan, said=title.strip().lower()[:500], defaults={"by_name": viewer.name, "at": now}
    )
    if is_new:
        audit.record(viewer.actor, "case_plan.decline_addition", object_type="case_plan", object_id=version.pk, now=now)


@transaction.atomic
def offer_again(viewer: Viewer, plan: str, title: str, *, now: datetime) -> None:
    """Take back that something was declined. Raises NotAllowedError, PlanNotFoundError."""
    check_may_edit(viewer)
    version = PlanVersion.objects.filter(name=plan, is_current=True).first()
    if version is None:
        raise PlanNotFoundError
    if DeclinedAddition.objects.filter(plan=plan, said=title.strip().lower()[:500]).delete()[0]:
        audit.record(viewer.actor, "case_plan.offer_addition", object_type="case_plan", object_id=version.pk, now=now)


def _mine(viewer: Viewer, draft_id: int) -> models.QuerySet[PlanDraft]:
    return PlanDraft.objects.filter(pk=draft_id, owner_id=viewer.user_id)
