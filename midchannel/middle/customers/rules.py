"""Pure rules about people's identifiers."""

from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, is_possible_number, parse

MAX_VALUE = 320


def normal_form(type_: str, value: str) -> str:
    """How an identifier is compared: mail addresses in lower case, telephone numbers as E.164, others trimmed. "" when unusable."""
    value = value.strip()[:MAX_VALUE]
    if type_ == "email":
        try:
            return validate_email(value, check_deliverability=False, allow_smtputf8=True).normalized.lower()
        except EmailNotValidError:
            return ""
    if type_ == "phone":
        try:
            number = parse(value, None)
        except NumberParseException:
            return ""
        return format_number(number, PhoneNumberFormat.E164) if is_possible_number(number) else ""
    return value


def name_of(name: str, address: str) -> str:
    """What to call somebody of whom only a handle is known: their display name, else the readable end of the address."""
    return (
        name.strip() or address.rstrip("/").rsplit("/", 1)[-1].removeprefix("mailto:").removeprefix("tel:") or address
    )
