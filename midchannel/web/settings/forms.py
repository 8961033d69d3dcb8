"""What is filled in under Settings."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from midchannel.platform.accounts.queries import Person, TeamDetail
from midchannel.platform.accounts.rules import RIGHTS

ROLES = (
    ("agent", _("Agent: answers in the queues of their teams")),
    ("lead", _("Lead: also changes queues, sees all customers, arrivals and measures")),
    ("administrator", _("Administrator: also changes people, teams and channels")),
)
RIGHT_NAMES = {
    "read:customers": _("Read customers"),
    "write:customers": _("Say who is who: link, take apart, answer the review, settle differences"),
    "write:consents": _("Write down what customers allowed"),
    "read:rights": _("Read requests for access and erasure (leads)"),
    "write:rights": _("Open and withdraw requests for access and erasure (leads)"),
    "read:conversations": _("Read conversations and messages"),
    "write:conversations": _("Reply, claim, resolve"),
    "read:channels": _("Read channels"),
    "write:channels": _("Open channels, issue and revoke their tokens (administrators)"),
    "read:silos": _("See business systems and how they were read (administrators)"),
    "write:silos": _("Have business systems read now, stop, pause and resume them (administrators)"),
    "read:arrivals": _("Read arrivals"),
    "write:arrivals": _("Replay what was parked"),
    "read:internal": _("Read internal threads, notices and questions"),
    "write:internal": _("Write in internal threads, ask colleagues"),
    "read:improvements": _("Read improvements"),
    "read:listening": _("Read searches, mentions and alerts"),
    "read:cases": _("Read cases and their plans"),
    "write:cases": _("Open cases and act in them"),
    "write:plans": _("Save case plans"),
}


class NameForm(forms.Form):
    """One's own name."""

    name = forms.CharField(
        label=_("Name"), max_length=200, help_text=_("How colleagues see you."), widget=forms.TextInput()
    )


class InviteForm(forms.Form):
    """Whom to invite as what."""

    email = forms.EmailField(label=_("E-mail address"))
    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=ROLES, initial="agent")
    team_ids = forms.TypedMultipleChoiceField(
        label=_("Teams"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: object, teams: Sequence[TeamDetail], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["team_ids"].choices = [(team.id, team.name) for team in teams]  # type: ignore[attr-defined]


class TeamForm(forms.Form):
    """A team and who is in it."""

    name = forms.CharField(label=_("Name"), max_length=100)
    user_ids = forms.TypedMultipleChoiceField(
        label=_("Members"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They see what waits in the team's queues, and nothing of other teams."),
    )

    def __init__(self, *args: object, people: Sequence[Person], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["user_ids"].choices = [(p.id, p.name) for p in people if p.is_active]  # type: ignore[attr-defined]


class TokenForm(forms.Form):
    """What a token of the REST API is for and may do."""

    name = forms.CharField(label=_("What uses it"), max_length=200)
    rights = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=[(right, RIGHT_NAMES[right]) for right in RIGHTS],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("It never sees more than you do."),
    )
