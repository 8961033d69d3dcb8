"""What is filled in to open a channel: for each kind of network its form, behind one seam (`Opening`)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from midchannel.inside.service.queries import QueueRow
from midchannel.insight.outcomes.definitions import BY_ID, GOALS
from midchannel.outside.channels.port import Settings
from midchannel.platform import clock
from midchannel.usecases.open_channel import Goal

SECURITY = (("tls", _("TLS from the first byte")), ("starttls", _("STARTTLS")), ("none", _("None (this machine only)")))
UNITS = {"seconds": 3600.0, "share": 0.01}
UNIT_WORDS = {
    "contacts": _("contacts a week"),
    "messages": _("messages a week"),
    "seconds": _("hours"),
    "share": _("percent"),
}


class ChannelForm(forms.Form):
    """What every channel has: a name, a purpose, whose work it brings."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("As your colleagues will call it."))
    purpose = forms.CharField(
        label=_("What it is for"),
        max_length=500,
        help_text=_("A channel that nobody can say the purpose of only moves work around."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    queue_id = forms.TypedChoiceField(label=_("Queue its conversations wait in"), coerce=int)

    def __init__(self, *args: Any, queues: Sequence[QueueRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["queue_id"].choices = [(q.id, f"{q.name} ({q.team_name})") for q in queues]  # type: ignore[attr-defined]

    def config(self) -> dict[str, object]:
        """What its adapter needs and may be shown."""
        return {}

    def secrets(self) -> dict[str, str]:
        """What its adapter needs and is kept sealed."""
        return {}

    def own_address(self) -> str:
        """Its own address on the network."""
        return str(self.cleaned_data.get("address", ""))


class MailboxForm(ChannelForm):
    """A mailbox, read by IMAP and answered by SMTP."""

    address = forms.EmailField(label=_("Address of the mailbox"))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("Many providers want a password made for one program. It is kept encrypted."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}, render_value=False),
    )
    imap_host = forms.CharField(label=_("Server"), max_length=255, widget=forms.TextInput(attrs={"inputmode": "url"}))
    imap_security = forms.ChoiceField(label=_("Protection"), choices=SECURITY, initial="tls")
    imap_port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, required=False)
    smtp_host = forms.CharField(label=_("Server"), max_length=255, widget=forms.TextInput(attrs={"inputmode": "url"}))
    smtp_security = forms.ChoiceField(label=_("Protection"), choices=SECURITY, initial="starttls")
    smtp_port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, required=False)
    user = forms.CharField(
        label=_("User name"), max_length=255, required=False, help_text=_("If it is not the address.")
    )
    from_name = forms.CharField(
        label=_("Name in the sender's line"), max_length=100, required=False, help_text=_("If it is not the channel's.")
    )
    plus_address = forms.BooleanField(
        label=_("The mail server takes name+anything@: answers find their thread even when their headers are lost"),
        required=False,
    )

    PLAIN = ("imap_host", "imap_security", "smtp_host", "smtp_security", "user", "from_name")

    def config(self) -> dict[str, object]:
        """The servers."""
        given = self.cleaned_data
        config: dict[str, object] = {key: given[key].strip() for key in self.PLAIN if given.get(key)}
        config |= {key: given[key] for key in ("imap_port", "smtp_port") if given.get(key)}
        return config | {"plus_address": bool(given.get("plus_address"))}

    def secrets(self) -> dict[str, str]:
        """The password."""
        password = self.cleaned_data.get("password", "")
        return {"password": password} if password else {}

    def as_settings(self, *, channel_id: int = 0, secrets: dict[str, str] | None = None) -> Settings:
        """The channel as its adapter would see it, to be tried before it is kept."""
        return Settings(
            channel_id=channel_id,
            name=self.cleaned_data["name"],
            address=self.own_address(),
            config=self.config(),
            secrets=self.secrets() or secrets or {},
        )


class SimulatorForm(ChannelForm):
    """A network in the box."""

    per_minute = forms.FloatField(
        label=_("Posts a minute"), min_value=0, max_value=600, initial=2, help_text=_("It can be changed at any time.")
    )


class GoalForm(forms.Form):
    """What a channel is to make true by when; optional, but then all of it."""

    measure = forms.ChoiceField(label=_("Goal"), required=False)
    target = forms.FloatField(label=_("Value"), required=False, min_value=0, max_value=1e9)
    due_on = forms.DateField(
        label=_("By"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(key, f"{BY_ID[key].name} ({UNIT_WORDS[BY_ID[key].unit]})") for key in GOALS]
        self.fields["measure"].choices = [("", _("No goal yet")), *named]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """All of it or none, and a day that comes."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("measure"):
            if given.get("target") is None and "target" not in self.errors:
                self.add_error("target", ValidationError(_("Say how much.")))
            if not given.get("due_on") and "due_on" not in self.errors:
                self.add_error("due_on", ValidationError(_("Say by when.")))
            elif given.get("due_on") and given["due_on"] <= clock.now().date() + timedelta(days=0):
                self.add_error("due_on", ValidationError(_("Choose a day in the future.")))
        return given

    def goal(self) -> Goal | None:
        """The goal in the measure's own unit."""
        given = self.cleaned_data
        if not given.get("measure"):
            return None
        factor = UNITS.get(BY_ID[given["measure"]].unit, 1.0)
        return Goal(given["measure"], given["target"] * factor, given["due_on"])


FORMS: dict[str, type[ChannelForm]] = {
    "email": MailboxForm,
    "collector": ChannelForm,
    "telephone": ChannelForm,
    "simulator": SimulatorForm,
}
