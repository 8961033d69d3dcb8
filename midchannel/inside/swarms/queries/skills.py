"""What colleagues can help with. Everybody of the company may see it."""

from collections.abc import Sequence
from dataclasses import dataclass

from midchannel.inside.swarms.models import Skill
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import fetch


@dataclass(frozen=True, slots=True)
class SkillRow:
    """Something one can help with: the name behind the #, what it is called, and how many active colleagues have it."""

    slug: str
    name: str
    people: int


@dataclass(frozen=True, slots=True)
class Knows:
    """An active colleague who can help with something."""

    user_id: int
    slug: str
    name: str


def list_skills(viewer: Viewer, *, user_id: int | None = None) -> list[str]:
    """What somebody (the viewer themselves when nobody is named) can help with, by name."""
    wanted = viewer.user_id if user_id is None else user_id
    return list(Skill.objects.filter(user_id=wanted).order_by("name").values_list("name", flat=True))


def list_known(viewer: Viewer, *, slugs: Sequence[str] | None = None) -> list[Knows]:
    """Who can help with what, among active colleagues; `slugs` narrow."""
    rows = fetch(
        "SELECT s.user_id, s.slug, s.name FROM skill s JOIN account_user u ON u.id = s.user_id AND u.is_active"
        " WHERE %s::text[] IS NULL OR s.slug = ANY(%s::text[]) ORDER BY s.slug, u.name, u.id LIMIT 2000",
        [list(slugs) if slugs is not None else None] * 2,
    )
    return [Knows(*row) for row in rows]


def find_skills(viewer: Viewer, text: str, *, limit: int = 8) -> list[SkillRow]:
    """Skills of active colleagues whose name, or a word of it, begins with a text: for the suggestions behind #."""
    text = text.strip().lower()
    rows = fetch(
        "SELECT s.slug, min(s.name), count(*) FROM skill s JOIN account_user u ON u.id = s.user_id AND u.is_active"
        " GROUP BY s.slug ORDER BY s.slug"
    )
    return [SkillRow(*row) for row in rows if any(each.startswith(text) for each in (row[0], *row[0].split("-")))][
        :limit
    ]


def people_with(viewer: Viewer, slugs: Sequence[str], *, limit: int = 20) -> dict[str, list[int]]:
    """Active colleagues by skill, at most `limit` for each, whoever said it first."""
    found: dict[str, list[int]] = {}
    rows = fetch(
        "SELECT s.slug, s.user_id FROM skill s JOIN account_user u ON u.id = s.user_id AND u.is_active"
        " WHERE s.slug = ANY(%s::text[]) ORDER BY s.at, s.id",
        [list(slugs)],
    )
    for slug, user_id in rows:
        if len(found.setdefault(slug, [])) < limit:
            found[slug].append(user_id)
    return found
