"""Channels are opened, changed, paused and closed; collectors get their tokens."""

import secrets as randomness
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from midchannel.outside.channels import registry
from midchannel.outside.channels.errors import (
    ChannelClosedError,
    ChannelNotFoundError,
    ClosedTokenError,
    NameTakenError,
    NoTokenError,
    RevokedTokenError,
    UnknownTokenError,
)
from midchannel.outside.channels.events import ChannelHealthChanged, ChannelOpened
from midchannel.outside.channels.models import Channel, ChannelToken, Health
from midchannel.outside.channels.port import Settings
from midchannel.platform import secrets as safe
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor
from midchannel.platform.database.bulk import fetch
from midchannel.platform.errors import InvalidError
from midchannel.platform.events import actions as events

TOKEN_PREFIX = "mc_"  # noqa: S105 - so that scanners of leaked secrets know one
TOKEN_BYTES = 32
MAX_NAME = 100


@dataclass(frozen=True, slots=True)
class Issued:
    """A token, which is shown this once: only its hash is kept."""

    token_id: int
    token: str


@transaction.atomic
def open_channel(
    *,
    network: str,
    name: str,
    by: Actor,
    now: datetime,
    purpose: str = "",
    address: str = "",
    scope_id: int | None = None,
    queue_id: int | None = None,
    config: Mapping[str, object] | None = None,
    secrets: Mapping[str, str] | None = None,
    is_demo: bool = False,
) -> int:
    """Make a channel; returns its id. `secrets` come in plain and are kept sealed.

    Raises UnknownNetworkError, NameTakenError, InvalidError.
    """
    adapter = registry.get_adapter(network)
    kind = adapter or registry.PUSHED.get(network)
    try:
        with transaction.atomic():
            channel = Channel.objects.create(
                network=network,
                name=_name(name),
                purpose=purpose.strip(),
                scope_id=scope_id,
                queue_id=queue_id,
                can_send=adapter is not None and adapter.can_send,
                is_public=kind is not None and kind.is_public,
                address=address.strip(),
                config=dict(config or {}),
                created_at=now,
                is_demo=is_demo,
            )
    except IntegrityError as error:
        raise NameTakenError from error
    if secrets:
        _seal(channel, dict(secrets))
    audit.record(by, "channel.open", object_type="channel", object_id=channel.pk, now=now, network=network)
    events.emit(ChannelOpened(object_id=channel.pk, scope_ids=_scopes(channel)), now=now)
    return channel.pk


@transaction.atomic
def change_settings(
    channel_id: int,
    *,
    by: Actor,
    now: datetime,
    name: str | None = None,
    purpose: str | None = None,
    address: str | None = None,
    scope_id: int | None = None,
    queue_id: int | None = None,
    config: Mapping[str, object] | None = None,
    secrets: Mapping[str, str] | None = None,
) -> None:
    """Change what is given and leave the rest. A secret that is given empty stays as it is."""
    channel = _locked(channel_id)
    given = {
        "name": name if name is None else _name(name),
        "purpose": purpose,
        "address": address,
        "scope_id": scope_id,
        "queue_id": queue_id,
    }
    changed = [field for field, value in given.items() if value is not None and value != getattr(channel, field)]
    for field in changed:
        setattr(channel, field, given[field])
    if config is not None and dict(config) != channel.config:
        channel.config = dict(config)
        changed.append("config")
    try:
        with transaction.atomic():
            channel.save()
    except IntegrityError as error:
        raise NameTakenError from error
    if secrets and any(secrets.values()):
        _seal(channel, {**open_secrets(channel), **{key: value for key, value in secrets.items() if value}})
        changed.append("secrets")
    if changed:
        audit.record(
            by, "channel.change", object_type="channel", object_id=channel_id, now=now, fields=", ".join(changed)
        )


@transaction.atomic
def set_health(channel_id: int, health: str, *, reason: str = "", now: datetime, by: Actor | None = None) -> None:
    """Note that a channel works, fails or is paused, with the reason people read. A closed one stays closed, a paused one paused
    unless a person (`by`) says otherwise."""
    channel = Channel.objects.select_for_update(no_key=True).filter(pk=channel_id).first()
    if channel is None:
        raise ChannelNotFoundError
    if (channel.health, channel.health_reason) == (health, reason) or channel.health == Health.CLOSED:
        return
    if channel.health == Health.PAUSED and by is None:
        return
    _turn(channel, health, reason, now=now, by=by or Actor("channels"))


def pause(channel_id: int, *, by: Actor, now: datetime, reason: str = "") -> None:
    """Stop sending and reading for a while; what is pushed to us is still taken."""
    set_health(channel_id, Health.PAUSED, reason=reason or _("Paused by a person."), now=now, by=by)


def resume(channel_id: int, *, by: Actor, now: datetime) -> None:
    """Go on after a pause."""
    set_health(channel_id, Health.OK, now=now, by=by)


@transaction.atomic
def close(channel_id: int, *, by: Actor, now: datetime) -> None:
    """Close for good: nothing comes in or goes out any more, what came stays. Its tokens are revoked."""
    channel = _locked(channel_id)
    channel.closed_at = now
    ChannelToken.objects.filter(channel=channel, revoked_at=None).update(revoked_at=now)
    _turn(channel, Health.CLOSED, _("This channel is closed."), now=now, by=by)


@transaction.atomic
def issue_token(channel_id: int, *, by: Actor, now: datetime) -> Issued:
    """Make a collector's token. It is shown this once. Older ones stay valid until revoked, so that senders can change over."""
    channel = _locked(channel_id)
    token = TOKEN_PREFIX + randomness.token_urlsafe(TOKEN_BYTES)
    row = ChannelToken.objects.create(channel=channel, token_hash=safe.token_hash(token), created_at=now)
    audit.record(by, "channel.issue_token", object_type="channel", object_id=channel_id, now=now, token_id=row.pk)
    return Issued(row.pk, token)


@transaction.atomic
def revoke_token(token_id: int, *, by: Actor, now: datetime) -> None:
    """Make a token worthless at once. Again is harmless."""
    row = ChannelToken.objects.select_for_update().filter(pk=token_id).first()
    if row is None:
        raise UnknownTokenError
    if row.revoked_at is None:
        row.revoked_at = now
        row.save(update_fields=["revoked_at"])
        audit.record(
            by, "channel.revoke_token", object_type="channel", object_id=row.channel_id, now=now, token_id=token_id
        )


@dataclass(frozen=True, slots=True)
class Door:
    """What a token opens: a channel, and what it was told when it was opened."""

    channel_id: int
    network: str
    config: dict[str, Any]


def authenticate(token: str) -> int:
    """The channel a token opens. Raises a TokenError that says why it opens none. One read by its hash."""
    return enter(token).channel_id


def enter(token: str) -> Door:
    """The channel a token opens, with its network and configuration. Raises a TokenError. One read by its hash."""
    if not token:
        raise NoTokenError
    rows = fetch(
        "SELECT t.channel_id, t.revoked_at, c.closed_at, c.network, c.config::text"
        " FROM channel_token t JOIN channel c ON c.id = t.channel_id WHERE t.token_hash = %s",
        [safe.token_hash(token)],
    )
    if not rows:
        raise UnknownTokenError
    channel_id, revoked_at, closed_at, network, config = rows[0]
    if closed_at is not None:
        raise ClosedTokenError
    if revoked_at is not None:
        raise RevokedTokenError
    return Door(int(channel_id), network, msgspec.json.decode(config))


def settings_of(channel_id: int) -> Settings:
    """A channel as its adapter sees it, secrets opened: for sending, reading and checking, never for pages."""
    channel = Channel.objects.filter(pk=channel_id).first()
    if channel is None:
        raise ChannelNotFoundError
    return Settings(
        channel_id=channel.pk,
        name=channel.name,
        address=channel.address,
        config=channel.config,
        secrets=open_secrets(channel),
        cursor=channel.cursor,
    )


def keep_cursor(channel_id: int, cursor: Mapping[str, object]) -> None:
    """Keep where a channel's reader stands, in the transaction that received what came before it."""
    Channel.objects.filter(pk=channel_id).update(cursor=dict(cursor))


def open_secrets(channel: Channel) -> dict[str, str]:
    """A channel's secrets in plain."""
    if not channel.sealed:
        return {}
    return msgspec.json.decode(safe.unseal(bytes(channel.sealed), place=_place(channel)), type=dict[str, str])


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= MAX_NAME:
        raise InvalidError(_("Give the channel a name of 1 to 100 characters."), "name")
    return name


def _seal(channel: Channel, plain: dict[str, str]) -> None:
    channel.sealed = safe.seal(msgspec.json.encode(plain).decode(), place=_place(channel))
    channel.save(update_fields=["sealed"])


def _place(channel: Channel) -> str:
    return f"channel.sealed:{channel.pk}"


def _locked(channel_id: int) -> Channel:
    channel = Channel.objects.select_for_update(no_key=True).filter(pk=channel_id).first()
    if channel is None:
        raise ChannelNotFoundError
    if channel.health == Health.CLOSED:
        raise ChannelClosedError
    return channel


def _turn(channel: Channel, health: str, reason: str, *, now: datetime, by: Actor) -> None:
    channel.health, channel.health_reason = health, reason
    channel.save(update_fields=["health", "health_reason", "closed_at"])
    audit.record(by, "channel.health", object_type="channel", object_id=channel.pk, now=now, health=str(health))
    events.emit(
        ChannelHealthChanged(object_id=channel.pk, scope_ids=_scopes(channel), health=str(health), reason=reason),
        now=now,
    )


def _scopes(channel: Channel) -> tuple[int, ...]:
    return (channel.scope_id,) if channel.scope_id else ()
