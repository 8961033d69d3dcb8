"""Pure rules of service: how a canned reply is filled in."""

import re

PLACEHOLDERS = ("customer", "first_name", "agent", "subject", "channel")
PLACEHOLDER = re.compile(r"\{(" + "|".join(PLACEHOLDERS) + r")\}")


def fill(body: str, *, customer: str = "", agent: str = "", subject: str = "", channel: str = "") -> str:
    """Put values in place of {customer}, {first_name}, {agent}, {subject} and {channel}.

    What is not known stays as it stands, so that its writer sees it; what a customer called themselves is never read as a placeholder.
    """
    values = {
        "customer": customer,
        "first_name": first_name(customer),
        "agent": agent,
        "subject": subject,
        "channel": channel,
    }
    return PLACEHOLDER.sub(lambda match: values[match[1]] or match[0], body)


def first_name(name: str) -> str:
    """What a person is called by: the first word of a name; the whole of what is no name of several words (a handle)."""
    return name.split(maxsplit=1)[0] if name.split() else ""


def unknown_placeholders(body: str) -> list[str]:
    """Words in braces that mean nothing here, for a warning where canned replies are written."""
    return [word for word in dict.fromkeys(re.findall(r"\{(\w+)\}", body)) if word not in PLACEHOLDERS]
