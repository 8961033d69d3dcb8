"""What is filled in to connect a silo, and what its data may be used for."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from midchannel.outside.silos import actions as silos
from midchannel.outside.silos.queries import SiloDetail
from midchannel.outside.silos.readers import files
from midchannel.web.silos import words

DELIMITERS = (
    ("", _("As seen from the first line")),
    (",", _("Comma")),
    (";", _("Semicolon")),
    ("\t", _("Tab")),
    ("|", _("Bar")),
)
ENCODINGS = (
    ("", _("As seen from the file")),
    ("utf-8", "UTF-8"),
    ("cp1252", "Windows-1252"),
    ("iso-8859-15", "ISO 8859-15"),
    ("cp1250", "Windows-1250"),
    ("cp1251", "Windows-1251"),
    ("utf-16", "UTF-16"),
    ("shift_jis", "Shift JIS"),
    ("gb18030", "GB 18030"),
)


class ConnectionForm(forms.Form):
    """What every silo has: a name, the system behind it, a purpose."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("Such as: customers of the shop."))
    system = forms.CharField(
        label=_("Business system"),
        max_length=40,
        help_text=_(
            "One word, such as shop or erp. Connections to one system mean the same customers by the same key."
        ),
    )
    purpose = forms.CharField(
        label=_("What it is for"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}), required=False
    )
    SHOWN: tuple[str, ...] = ()
    SECRET: tuple[str, ...] = ()

    def config(self) -> dict[str, object]:
        """How it is reached, without secrets."""
        return {name: self.cleaned_data.get(name, "") for name in self.SHOWN}

    def secrets(self) -> dict[str, str]:
        """What is kept sealed."""
        return {name: self.cleaned_data[name] for name in self.SECRET if self.cleaned_data.get(name)}


class FileForm(ConnectionForm):
    """A file: uploaded now, or one that lies in the folder."""

    upload = forms.FileField(
        label=_("Upload a file"),
        required=False,
        help_text=_(
            "CSV, Parquet or vCard. It stays in the data folder; upload it anew under its name when it has changed."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.parquet,.pq,.vcf,.vcard"}),
    )
    file = forms.ChoiceField(label=_("Or a file that is there already"), required=False)
    encoding = forms.ChoiceField(label=_("Encoding"), choices=ENCODINGS, required=False)
    delimiter = forms.ChoiceField(label=_("Between the columns"), choices=DELIMITERS, required=False)
    SHOWN = ("file", "encoding", "delimiter")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = files.list_files()
        known = str(self.initial.get("file", ""))
        extra = [known] if known and known not in names else []
        self.fields["file"].choices = [("", _("None")), *((name, name) for name in [*extra, *names])]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """One of both."""
        given: dict[str, Any] = super().clean() or {}
        if not given.get("upload") and not given.get("file") and not self.errors:
            self.add_error("upload", ValidationError(_("Upload a file, or choose one.")))
        return given


class SqlForm(ConnectionForm):
    """A database and a query."""

    url = forms.CharField(
        label=_("Address of the database"),
        max_length=500,
        help_text=_(
            "Such as postgresql://reader@db.example.org/shop. Leave the password out. A user who may only read is best."
        ),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "off"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        required=False,
        help_text=_("It is kept encrypted."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}, render_value=False),
    )
    query = forms.CharField(
        label=_("Query"),
        max_length=20_000,
        help_text=_("One SELECT. A column that says when a row was changed makes reading again quick."),
        widget=forms.Textarea(attrs={"rows": 5, "class": "mono", "spellcheck": "false"}),
    )
    SHOWN, SECRET = ("url", "query"), ("password",)

    def clean_url(self) -> str:
        """No password where everybody with the page could read it."""
        url = str(self.cleaned_data["url"])
        before = url.partition("://")[2].partition("@")[0]
        if "@" in url and ":" in before:
            raise ValidationError(
                _("Take the password out of the address and give it below: there it is kept encrypted.")
            )
        return url


class TrytonForm(ConnectionForm):
    """A Tryton server."""

    url = forms.URLField(
        label=_("Address of the server"), assume_scheme="https", help_text=_("Such as https://erp.example.org.")
    )
    database = forms.CharField(label=_("Database"), max_length=100)
    user = forms.CharField(label=_("User"), max_length=200, help_text=_("One who may only read is best."))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("It is kept encrypted."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}, render_value=False),
    )
    SHOWN, SECRET = ("url", "database", "user"), ("password",)


FORMS: dict[str, type[ConnectionForm]] = {"file": FileForm, "sql": SqlForm, "tryton": TrytonForm}


class TermsForm(forms.Form):
    """What its data may be used for, and when it is read."""

    every_minutes = forms.ChoiceField(label=_("Read it"), required=False)
    record_kind = forms.ChoiceField(
        label=_("Whose data these are"),
        choices=(
            ("business", _("The company's own: from its dealings with these people")),
            ("third-party", _("A third party's: bought, or given by others")),
        ),
    )
    lawful_basis = forms.ChoiceField(
        label=_("On what basis they are held"), required=False, help_text=_("Article 6(1) of the GDPR.")
    )
    trust = forms.IntegerField(
        label=_("Trust"),
        min_value=0,
        max_value=100,
        help_text=_("0 to 100. Where sources contradict each other, the more trusted one is shown."),
    )
    expires_days = forms.IntegerField(
        label=_("They expire after (days)"),
        min_value=1,
        max_value=silos.MAX_EXPIRES_DAYS,
        required=False,
        help_text=_("A third party's have to. What its source still has is renewed whenever it is read."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["every_minutes"].choices = words.intervals()  # type: ignore[attr-defined]
        self.fields["lawful_basis"].choices = words.bases()  # type: ignore[attr-defined]

    def terms(self) -> silos.Terms:
        """As the room takes them."""
        given = self.cleaned_data
        return silos.Terms(given["record_kind"], given["trust"], given["lawful_basis"], given["expires_days"])

    def minutes(self) -> int | None:
        """The interval."""
        return int(self.cleaned_data["every_minutes"]) if self.cleaned_data["every_minutes"] else None


def initial_of(silo: SiloDetail) -> dict[str, Any]:
    """A silo as its form shows it."""
    return {"name": silo.name, "system": silo.system, "purpose": silo.purpose, **silo.config}


def terms_of(silo: SiloDetail) -> dict[str, Any]:
    """A silo's terms as their form shows them."""
    return {
        "every_minutes": str(silo.every_minutes or ""),
        "record_kind": silo.record_kind,
        "lawful_basis": silo.lawful_basis,
        "trust": silo.trust,
        "expires_days": silo.expires_days,
    }
