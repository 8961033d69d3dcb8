"""What one can help with: everybody says it of themselves."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from midchannel.inside.swarms.events import SkillsChanged
from midchannel.inside.swarms.models import Skill
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.errors import InvalidError
from midchannel.platform.events import actions as events

MOST = 30
LONGEST = 50


@transaction.atomic
def set_skills(viewer: Viewer, names: Sequence[str], *, now: datetime) -> list[str]:
    """Say exactly what one can help with. Returns the names behind the #. Raises InvalidError for too many or a name without letters."""
    wanted: dict[str, str] = {}
    for name in (" ".join(each.replace("\0", "").split()) for each in names):
        if not name:
            continue
        slug = slugify(name[:LONGEST], allow_unicode=True)
        if not any(each.isalpha() for each in slug):
            raise InvalidError(_("“%(name)s” needs a word in it.") % {"name": name[:LONGEST]}, "skills")
        wanted.setdefault(slug, name[:LONGEST])
    if len(wanted) > MOST:
        raise InvalidError(_("Name at most %(count)d things you can help with.") % {"count": MOST}, "skills")
    Skill.objects.filter(user_id=viewer.user_id).exclude(slug__in=list(wanted)).delete()
    for slug, name in wanted.items():
        Skill.objects.update_or_create(
            user_id=viewer.user_id, slug=slug, defaults={"name": name}, create_defaults={"name": name, "at": now}
        )
    audit.record(
        viewer.actor,
        "skills.set",
        object_type="account",
        object_id=viewer.user_id,
        now=now,
        skills=", ".join(sorted(wanted)),
    )
    events.emit(SkillsChanged(object_id=viewer.user_id, user_ids=(viewer.user_id,)), now=now)
    return sorted(wanted)
