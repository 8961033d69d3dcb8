"""Reading people and rights."""

from dataclasses import dataclass

from midchannel.platform.accounts.models import Membership, Role, Team, User


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever looks: the first argument of every query. `scope_ids` are the scopes they are a member of."""

    user_id: int
    name: str
    role: str
    scope_ids: tuple[int, ...]

    @property
    def is_lead(self) -> bool:
        """May lead: change queues, channels, improvements."""
        return self.role in {Role.LEAD, Role.ADMINISTRATOR}

    @property
    def is_administrator(self) -> bool:
        """May administer: people, teams, channels' secrets, arrivals."""
        return self.role == Role.ADMINISTRATOR


@dataclass(frozen=True, slots=True)
class Person:
    """A colleague as others see them."""

    id: int
    name: str
    mention: str
    email: str
    role: str
    is_active: bool


def viewer_for(user: User) -> Viewer:
    """The viewer a signed-in person is."""
    scopes = Membership.objects.filter(user=user).order_by("scope_id").values_list("scope_id", flat=True)
    return Viewer(user_id=user.pk, name=user.name, role=user.role, scope_ids=tuple(scopes))


def list_people(viewer: Viewer, *, ids: list[int] | None = None, mentions: list[str] | None = None) -> list[Person]:
    """Colleagues, by name; `ids` or `mentions` narrow. Everybody of the company may see who their colleagues are."""
    users = User.objects.all()
    if ids is not None:
        users = users.filter(pk__in=ids)
    if mentions is not None:
        users = users.filter(mention__in=[m.lower() for m in mentions], is_active=True)
    return [
        Person(id=u.pk, name=u.name, mention=u.mention, email=u.email, role=u.role, is_active=u.is_active)
        for u in users.order_by("name", "pk")
    ]


def list_teams(viewer: Viewer) -> list[Team]:
    """All teams, by name."""
    return list(Team.objects.order_by("name"))
