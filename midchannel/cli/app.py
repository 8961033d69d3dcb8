"""Every command of `midchannel`, one file each; a file imports what it needs when it is called, not before."""

import typer

from midchannel.cli import (
    backup,
    bench,
    casework,
    channel,
    check,
    export,
    identity_resolve,
    import_,
    language_reread,
    password,
    rights,
    run,
    silo,
    upgrade,
)

app = typer.Typer(
    name="midchannel",
    help="A self-hosted Social CRM: what people say anywhere arrives once, belongs to one customer, and is answered.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("run")(run.run)
app.command("demo")(run.demo)
app.add_typer(channel.app, name="channel")
app.add_typer(casework.app, name="casework")
app.command("import")(import_.import_)
app.add_typer(silo.app, name="silo")
app.command("export")(export.export)
app.add_typer(identity_resolve.app, name="identity")
app.add_typer(language_reread.app, name="language")
app.add_typer(rights.app, name="rights")
app.command("password")(password.password)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("upgrade")(upgrade.upgrade)
app.command("check")(check.check)
app.command("bench", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(bench.bench)
