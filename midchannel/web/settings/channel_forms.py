"""What is filled in to open a channel: for each kind of network its form, behind one seam (`Opening`)."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from midchannel.inside.service.queries import QueueRow
from midchannel.insight.outcomes.definitions import BY_ID, GOALS
from midchannel.outside.channels.port import Settings
from midchannel.platform import clock
from midchannel.usecases.open_channel import Goal

SECURITY = (("tls", _("TLS from the first byte")), ("starttls", _("STARTTLS")), ("none", _("None (this machine only)")))
PURPOSES = frozenset({"marketing", "profiling", "location", "sharing"})
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


class TrackingForm(ChannelForm):
    """What people do on the company's pages and in its apps, from clients that speak Segment's tracking API."""

    senders = forms.ChoiceField(
        label=_("Who has the write key"),
        choices=(
            ("pages", _("Pages and apps: anybody can read it, so nothing that is said with it counts as proven")),
            ("servers", _("Only our own servers: what they say of people was proven by a sign-in")),
        ),
        initial="pages",
        widget=forms.RadioSelect,
    )
    origins = forms.CharField(
        label=_("Pages that may send"),
        required=False,
        help_text=_("One origin a line, such as https://shop.example. None: no page may."),
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "https://shop.example"}),
    )
    space = forms.CharField(
        label=_("Whose user ids these are"),
        required=False,
        max_length=40,
        help_text=_(
            "Channels with the same word here mean the same person by the same id, such as the site and the app of one shop."
        ),
    )
    ids_are_customer_numbers = forms.BooleanField(label=_("The user ids are our customer numbers"), required=False)
    categories = forms.CharField(
        label=_("Categories of your consent tool"),
        required=False,
        help_text=_(
            "One a line: category = purpose (marketing, profiling, location or sharing). The usual English names are known."
        ),
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "C0004 = marketing"}),
    )

    def clean_origins(self) -> list[str]:
        """Origins as browsers send them: scheme, host, and a port that is not the usual one."""
        wanted = self.cleaned_data["origins"].replace(",", " ").split()
        for origin in wanted:
            parts = urlsplit(origin)
            is_whole = parts.scheme in {"http", "https"} and parts.netloc and not parts.path and not parts.query
            if origin != "*" and not is_whole:
                raise ValidationError(
                    _("%(origin)s is no origin: give it as https://shop.example, without a path.")
                    % {"origin": origin[:80]}
                )
        return list(dict.fromkeys(wanted))

    def clean_space(self) -> str:
        """One short word."""
        space = str(self.cleaned_data["space"]).strip().casefold()
        if space and not space.replace("-", "").replace("_", "").isalnum():
            raise ValidationError(_("Use letters, digits and dashes."))
        return space

    def clean_categories(self) -> dict[str, str]:
        """Category to purpose."""
        told: dict[str, str] = {}
        for line in filter(None, map(str.strip, self.cleaned_data["categories"].splitlines())):
            category, _equals, purpose = (part.strip() for part in line.partition("="))
            if not category or purpose not in PURPOSES:
                raise ValidationError(
                    _("%(line)s: write category = marketing, profiling, location or sharing.") % {"line": line[:80]}
                )
            told[category] = purpose
        return told

    def clean(self) -> dict[str, Any]:
        """A secret key is for no page."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("senders") == "servers" and given.get("origins"):
            self.add_error(
                "origins", ValidationError(_("A key that only your servers have is for no page: leave this empty."))
            )
        return given

    def config(self) -> dict[str, object]:
        """What the tracking API asks of a channel."""
        given = self.cleaned_data
        return {
            "is_trusted": given["senders"] == "servers",
            "origins": given["origins"],
            "space": given["space"],
            "ids_are_customer_numbers": given["ids_are_customer_numbers"],
            "categories": given["categories"],
        }

    @staticmethod
    def filled_in(config: Mapping[str, Any]) -> dict[str, Any]:
        """The form's values of what was kept."""
        return {
            "senders": "servers" if config.get("is_trusted") else "pages",
            "origins": "\n".join(config.get("origins", ())),
            "space": config.get("space", ""),
            "ids_are_customer_numbers": config.get("ids_are_customer_numbers", False),
            "categories": "\n".join(f"{name} = {purpose}" for name, purpose in config.get("categories", {}).items()),
        }


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
    "tracking": TrackingForm,
    "simulator": SimulatorForm,
}
