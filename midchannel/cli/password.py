"""`midchannel password`: another password for somebody, from the terminal, where nobody is left who could give them a link."""

from typing import Annotated

import typer

from midchannel.cli import failing, place
from midchannel.cli.run import Data


def password(email: Annotated[str, typer.Argument(help="The address they sign in with.")], data: Data = None) -> None:
    """Give somebody a new password, asked for twice and not shown. They are signed out everywhere."""
    folder = place.use(data)
    chosen: str = typer.prompt("New password", hide_input=True, confirmation_prompt="The same again", err=True)
    with failing.explained(), place.program(folder):
        from django.contrib.auth.password_validation import validate_password
        from django.core.exceptions import ValidationError

        from midchannel.platform import clock
        from midchannel.platform.accounts import actions
        from midchannel.platform.audit.actions import Actor

        try:
            validate_password(chosen)
        except ValidationError as error:
            failing.fail(" ".join(error.messages))
        user = actions.set_password(email, password=chosen, by=Actor("terminal"), now=clock.now())
    typer.echo(f"{user.name} signs in with {user.email} and the new password.")
