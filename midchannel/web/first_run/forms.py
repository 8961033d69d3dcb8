"""What somebody tells who makes an account."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class PasswordForm(forms.Form):
    """A new password."""

    password = forms.CharField(
        label=_("Password"),
        max_length=1000,
        strip=False,
        help_text=_("At least twelve characters. A sentence is easier to remember than signs."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password(self) -> str:
        """Refuse what is guessed first."""
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password


class AccountForm(PasswordForm):
    """A name and a password."""

    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    field_order: Sequence[str] = ("name", "password")


class FirstRunForm(AccountForm):
    """The first administrator and what they are about to administer."""

    company = forms.CharField(
        label=_("Your company"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    team = forms.CharField(
        label=_("Your first team"),
        max_length=100,
        initial=_("Customer service"),
        help_text=_("Its members see what comes in. You can make more teams later."),
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("You sign in with it."),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    field_order = ("company", "team", "name", "email", "password")

    def clean(self) -> dict[str, Any]:
        """A password that says one's own name protects nothing."""
        given: dict[str, Any] = super().clean() or {}
        password, email = given.get("password", "").lower(), given.get("email", "").lower()
        if email and password and (email in password or email.partition("@")[0] == password):
            raise ValidationError({"password": _("The password is too much like your address.")})
        return given
