"""Reading people and rights."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.crypto import constant_time_compare

from midchannel.platform.accounts import passwords
from midchannel.platform.accounts.models import ApiToken, Installation, Invitation, Membership, Role, Team, User
from midchannel.platform.audit.actions import Actor
from midchannel.platform.secrets import token_hash

__all__ = ["Person", "TeamDetail", "User", "Viewer"]


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever looks: the first argument of every query. `scope_ids` are the scopes they are a member of.

    `is_machine` when a token acts with their eyes: some things only a person may approve.
    """

    user_id: int
    name: str
    role: str
    scope_ids: tuple[int, ...]
    is_machine: bool = False

    @property
    def is_lead(self) -> bool:
        """May lead: change queues, channels, improvements."""
        return self.role in {Role.LEAD, Role.ADMINISTRATOR}

    @property
    def is_administrator(self) -> bool:
        """May administer: people, teams, channels' secrets, arrivals."""
        return self.role == Role.ADMINISTRATOR

    @property
    def actor(self) -> Actor:
        """Them in the audit trail."""
        return Actor(self.name, self.user_id)


@dataclass(frozen=True, slots=True)
class Person:
    """A colleague as others see them."""

    id: int
    name: str
    mention: str
    email: str
    role: str
    is_active: bool
    is_demo: bool = False


@dataclass(frozen=True, slots=True)
class TeamDetail:
    """A team and who is in it."""

    id: int
    scope_id: int
    name: str
    is_demo: bool
    members: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation that was not used yet."""

    id: int
    email: str
    name: str
    role: str
    teams: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    is_expired: bool


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token of the REST API, without its secret."""

    id: int
    name: str
    owner: str
    rights: tuple[str, ...]
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


def has_people() -> bool:
    """Whether the installation has any account: until it has, every page leads to the first run."""
    return User.objects.exists()


def company_name() -> str:
    """What the company called itself on the first run; empty when it did not say."""
    return Installation.objects.values_list("name", flat=True).first() or ""


def viewer_for(user: User) -> Viewer:
    """The viewer a signed-in person is."""
    scopes = Membership.objects.filter(user=user).order_by("scope_id").values_list("scope_id", flat=True)
    return Viewer(user_id=user.pk, name=user.name, role=user.role, scope_ids=tuple(scopes))


def get_viewer(user_id: int) -> Viewer | None:
    """The viewer behind an id, for streams and machines that act for a person; None when they may not come in any more."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    return viewer_for(user) if user else None


def get_viewer_of_session(user_id: int, session_hash: str) -> Viewer | None:
    """The viewer of a session that Django's own middleware would accept; None when its password changed or its person may not come in."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not constant_time_compare(session_hash, user.get_session_auth_hash()):
        return None
    return viewer_for(user)


def list_people(
    viewer: Viewer, *, ids: Sequence[int] | None = None, mentions: Sequence[str] | None = None
) -> list[Person]:
    """Colleagues, by name; `ids` or `mentions` narrow. Everybody of the company may see who their colleagues are."""
    users = User.objects.all()
    if ids is not None:
        users = users.filter(pk__in=ids)
    if mentions is not None:
        users = users.filter(mention__in=[m.lower() for m in mentions], is_active=True)
    return [_person(user) for user in users.order_by("name", "pk")]


def find_people(viewer: Viewer, text: str, *, limit: int = 8) -> list[Person]:
    """Active colleagues whose name behind the @, or a part of whose name, begins with a text: for the suggestions behind @."""
    text = text.strip().lower()
    users = User.objects.filter(is_active=True).order_by("name", "pk")
    people = [_person(user) for user in users[:500]]
    return [p for p in people if p.mention.startswith(text) or f" {p.name.lower()}".find(f" {text}") >= 0][:limit]


def _person(user: User) -> Person:
    return Person(user.pk, user.name, user.mention, user.email, user.role, user.is_active, user.is_demo)


def list_teams(viewer: Viewer) -> list[Team]:
    """All teams, by name."""
    return list(Team.objects.order_by("name"))


def list_team_details(viewer: Viewer) -> list[TeamDetail]:
    """All teams with their members, by name. Two queries."""
    members: dict[int, list[Person]] = {}
    for membership in Membership.objects.select_related("user").order_by("user__name", "user_id"):
        members.setdefault(membership.scope_id, []).append(_person(membership.user))
    return [
        TeamDetail(team.pk, team.scope_id, team.name, team.is_demo, tuple(members.get(team.scope_id, ())))
        for team in Team.objects.order_by("name")
    ]


def list_invitations(viewer: Viewer, *, now: datetime) -> list[InvitationRow]:
    """Invitations neither used nor taken back, newest first; for administrators, empty for others."""
    if not viewer.is_administrator:
        return []
    names = dict(Team.objects.values_list("pk", "name"))
    return [
        InvitationRow(
            i.pk,
            i.email,
            i.name,
            i.role,
            tuple(names[team_id] for team_id in i.team_ids if team_id in names),
            i.created_at,
            i.expires_at,
            i.expires_at <= now,
        )
        for i in Invitation.objects.filter(accepted_at=None, revoked_at=None).order_by("-pk")[:200]
    ]


def get_invitation(token: str, *, now: datetime) -> InvitationRow | None:
    """The invitation behind a link while it works, for whoever holds the link; None otherwise."""
    found = Invitation.objects.filter(
        token_hash=token_hash(token), accepted_at=None, revoked_at=None, expires_at__gt=now
    ).first()
    if found is None:
        return None
    teams = tuple(Team.objects.filter(pk__in=found.team_ids).order_by("name").values_list("name", flat=True))
    return InvitationRow(
        found.pk, found.email, found.name, found.role, teams, found.created_at, found.expires_at, False
    )


def get_forgetful(token: str, *, now: datetime) -> User | None:
    """Whose password the link is for while it works, for whoever holds the link; None otherwise."""
    user_id = passwords.user_id_of(token, now=now)
    user = User.objects.filter(pk=user_id).first() if user_id else None
    return user if user and passwords.is_for(token, user) else None


def list_api_tokens(viewer: Viewer) -> list[TokenRow]:
    """One's own tokens; for administrators everybody's. Those in use first, newest first."""
    tokens = ApiToken.objects.select_related("user").order_by("revoked_at", "-pk")
    if not viewer.is_administrator:
        tokens = tokens.filter(user_id=viewer.user_id)
    return [
        TokenRow(t.pk, t.name, t.user.name, tuple(t.rights), t.created_at, t.last_used_at, t.revoked_at)
        for t in tokens[:200]
    ]
