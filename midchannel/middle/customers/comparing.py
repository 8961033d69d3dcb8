"""What of a record can be compared, and what two records prove: pure, over `engines.identity`.

Three tiers. Proof (`proof_of`): a verified identifier in common, links in both directions, a handle under the other's own domain.
Weights: the model's. Weak evidence: names alone, and what the model calls weak, only ever bring a pair to a person.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import msgspec
from django.utils.functional import cached_property  # functools' takes a lock each time, before Python 3.12

from midchannel.engines.identity import fields, keys, model
from midchannel.middle.customers.models import RecordKind

SOCIAL, BUSINESS = int(RecordKind.SOCIAL), int(RecordKind.BUSINESS)
SELF_STATED = frozenset({SOCIAL, int(RecordKind.TRACKED)})
NAMES = frozenset({"given_name", "family_name", "full_name", "handle"})
FULL_NAMES = NAMES - {"handle"}
WEAK = NAMES | {model.ORDER, "gender", "language", "city", "state", "country", "biography", "avatar", "job_title"}
PERSONAL = frozenset({"email", "birth_date", "customer_number", "erp_number", "tax_number"})
CLAIMS = PERSONAL | {"phone", "website"}
"""What anybody may say of themselves to be taken for somebody else: from a network or a page it is weak unless it was proven."""
NAMESAKE = frozenset({"different", "a little alike"})
"""Levels of first names that are of two people."""
CAN_BE_GENERIC = ("email", "phone")
ROLES = frozenset(
    """
info mail contact office sales support service hello admin billing accounts accounting hr jobs noreply no-reply newsletter team kontakt
buero vertrieb rechnung verwaltung post webmaster postmaster
""".split()  # noqa: SIM905 - words, not a list of quotes
)
HOSTS = frozenset(
    """
bsky.social facebook.com instagram.com twitter.com x.com linkedin.com youtube.com tiktok.com github.io github.com gitlab.io
wordpress.com blogspot.com medium.com tumblr.com wixsite.com weebly.com substack.com linktr.ee about.me mastodon.social
""".split()  # noqa: SIM905 - words, not a list of quotes
)
NAME_KEYS = frozenset({"whole", "short"})
"""Recipes of keys that are made of a whole name: of these only the rarest counts."""
NEARLY = 3.17
"""The most bits (a probability of nine in ten) that weak evidence alone can have."""
RULE_IDENTIFIER, RULE_LINKS, RULE_DOMAIN = "exact-identifier/1", "links-both-ways/1", "own-domain/1"

Claim = tuple[str, str, bool]


class Side(msgspec.Struct, frozen=True, eq=False, dict=True):
    """A record as it is compared. `identifiers` are (type, value in normal form, verified), `generic` keys that prove nothing."""

    id: int
    name: str
    source: str
    kind: int
    is_organisation: bool
    attributes: Mapping[str, Any] | None
    address: str = ""
    url: str = ""
    identifiers: tuple[Claim, ...] = ()
    generic: frozenset[int] = frozenset()

    @cached_property
    def values(self) -> fields.Values:
        """All its comparable values in normal form."""
        raw: dict[str, Any] = dict(self.attributes) if self.attributes else {}
        for type_, value, _ in self.identifiers:
            if type_ in fields.STANDARD:
                raw[type_] = [*_many(raw.get(type_)), value]
        if self.is_organisation:
            raw.setdefault("organisation", self.name)
        else:
            if FULL_NAMES.isdisjoint(raw) and " " in self.name.strip():
                raw["full_name"] = self.name
            if self.kind == SOCIAL and self.address and "handle" not in raw:
                self._add_address(raw)
        return fields.read(raw).values

    @cached_property
    def record(self) -> fields.Record:
        """What of its values is compared: without generic ones, and without addresses that are nobody's own."""
        values = dict(self.values)
        if "email" in values and not self.is_organisation:
            values["email"] = tuple([each for each in values["email"] if each.partition("@")[0] not in ROLES])
        for field in CAN_BE_GENERIC:
            if self.generic and field in values:
                values[field] = tuple(each for each in values[field] if value_key(field, each) not in self.generic)
            if field in values and not values[field]:
                del values[field]
        return fields.Record(values)

    def _add_address(self, raw: dict[str, Any]) -> None:
        address = self.address.removeprefix("mailto:").removeprefix("tel:")
        if self.source == "email" or ("@" in address[1:] and self.address.startswith("mailto:")):
            raw["email"] = [*_many(raw.get("email")), address]
        elif address[:1] == "+" and address[1:].isdigit():
            raw["phone"] = [*_many(raw.get("phone")), address]
        else:
            raw["handle"] = address.rstrip("/").rsplit("/", 1)[-1]

    @cached_property
    def keys(self) -> dict[int, str]:
        """Its blocking keys, each with the group of evidence it belongs to. Organisations and people never meet."""
        parts = keys.key_parts(self.record.values)
        parts += [("id", f"{type_}|{value}") for type_, value, _ in self.identifiers]
        if self.links:
            parts += [("profile", each) for each in (self.profile, *self.links) if each]
        parts += [("domain", each) for each in self.domains]
        before = "organisation/" if self.is_organisation else ""
        return {
            keys.hashed(f"{before}{group}:{made}"): "name" if group in NAME_KEYS else group for group, made in parts
        }

    @cached_property
    def generic_keys(self) -> dict[int, tuple[str, str]]:
        """What of it might be generic: key to (field, value), whether it is or not."""
        return {
            value_key(field, value): (field, value)
            for field in CAN_BE_GENERIC
            if field in self.values
            for value in self.values[field]
        }

    @cached_property
    def profile(self) -> str:
        """Their own page on the network."""
        return fields.website(self.url or (self.address if self.address.startswith("http") else ""))

    @cached_property
    def links(self) -> frozenset[str]:
        """The pages their profile names as theirs."""
        if not self.attributes or "website" not in self.attributes:
            return frozenset()
        return frozenset(fields.normal("website", self.attributes["website"]))

    @cached_property
    def domains(self) -> tuple[str, ...]:
        """Domains by which they may be proven: a handle that is one, and the ones above it; the own one of a business record."""
        if self.source == "bluesky" and "." in self.address:
            labels = self.address.lower().lstrip("@").split(".")
            return tuple(".".join(labels[at:]) for at in range(max(1, len(labels) - 1)))
        if self.kind == BUSINESS:
            return tuple(sorted(own for own in (_host(each) for each in self.links) if own and own not in HOSTS))
        return ()

    @cached_property
    def proven(self) -> frozenset[tuple[str, str]]:
        """(field, value in the engine's normal form) of which its source had proof."""
        return frozenset(
            (type_, each)
            for type_, value, verified in self.identifiers
            if verified
            for each in fields.normal(type_, value)
        )

    def is_claim(self, field: str, value: str) -> bool:
        """Whether this value is only said by the person themselves, where a proof would be needed."""
        return field in CLAIMS and self.kind in SELF_STATED and (field, value) not in self.proven

    @property
    def facts(self) -> dict[str, str]:
        """Values of which one person has one."""
        return {
            name: self.record.values[name][0] for name in ("erp_number", "birth_date") if name in self.record.values
        }


def _many(value: object) -> list[Any]:
    return [] if value is None else list(value) if isinstance(value, list | tuple) else [value]


def _host(page: str) -> str:
    return page.partition("/")[0].partition(":")[0]


def value_key(field: str, value: str) -> int:
    """The key of a value that may turn out generic; the same that finds records by it."""
    return keys.hashed(f"{field}:{value}")


class Proof(msgspec.Struct, frozen=True):
    """Why two records must be one: the rule and what it found."""

    rule: str
    evidence: dict[str, Any]


def proof_of(left: Side, right: Side) -> Proof | None:
    """A proof that two records are one customer, or None. Generic values prove nothing."""
    if left.identifiers and right.identifiers:
        generic = left.generic | right.generic
        for type_, value in sorted(_proven(left.identifiers) & _proven(right.identifiers)):
            if not generic or not any(value_key(type_, each) in generic for each in fields.normal(type_, value)):
                return Proof(RULE_IDENTIFIER, {"identifier": type_, "value": value})
    if left.links and right.links and left.profile in right.links and right.profile in left.links:
        return Proof(RULE_LINKS, {"identifier": "profile", "value": right.profile})
    for one, other in ((left, right), (right, left)):
        if one.source == "bluesky" and other.kind == BUSINESS and other.source != "bluesky":
            met = sorted(set(one.domains) & set(other.domains))
            if met and (met[-1] == one.domains[0] or not other.is_organisation):
                return Proof(RULE_DOMAIN, {"identifier": "domain", "value": met[-1]})
    return None


def _proven(claims: Iterable[Claim]) -> set[tuple[str, str]]:
    return {(type_, value) for type_, value, verified in claims if verified}


def declared(left: Side, right: Side) -> tuple[str, str] | None:
    """An identifier of no standard kind that both have without proof: somebody said that they are one. It asks a person, never links."""
    one = {(type_, value) for type_, value, _ in left.identifiers if type_ not in fields.STANDARD}
    both = sorted(one & {(type_, value) for type_, value, _ in right.identifiers})
    return both[0] if both else None


class Outcome(msgspec.Struct, frozen=True):
    """What is decided of a pair: `verdict` must, auto, review or none; `weight` in bits."""

    verdict: str
    weight: float
    rule: str
    evidence: dict[str, Any]

    @property
    def probability(self) -> float:
        """That both are one."""
        return model.probability(self.weight)


def decide(left: Side, right: Side, weights: model.Model) -> Outcome:
    """Decide a pair. The same whichever comes first, but for left and right in the evidence."""
    proof = proof_of(left, right)
    if proof is not None:
        return Outcome(model.MUST, 30.0, proof.rule, proof.evidence)
    score = weights.score_if_any(left.record, right.record)
    told = declared(left, right) if left.identifiers and right.identifiers else None
    if score.verdict == model.NONE and not told:
        return Outcome(model.NONE, score.weight, weights.version, {})
    claims: Collection[str] = ()
    if left.kind in SELF_STATED or right.kind in SELF_STATED:
        claims = {
            c.field for c in score.contributions if left.is_claim(c.field, c.left) or right.is_claim(c.field, c.right)
        }
    verdict, weight = limited(score, claims)
    if told and verdict == model.NONE:
        verdict, weight = model.REVIEW, min(max(weight, 0.0), NEARLY)
    if verdict == model.NONE:
        return Outcome(verdict, weight, weights.version, {})
    evidence: dict[str, Any] = {
        "fields": [
            {"field": c.field, "level": c.level, "weight": round(c.weight, 2), "left": c.left, "right": c.right}
            for c in score.contributions
        ]
    }
    if told:
        evidence |= {"identifier": told[0], "value": told[1]}
    return Outcome(verdict, weight, weights.version, evidence)


def limited(score: model.Score, claims: Collection[str] = ()) -> tuple[str, float]:
    """What a score may decide: names, claims and weak evidence never join; who shares a house but not a first name is not one person."""
    if score.verdict not in {model.AUTO, model.REVIEW}:
        return model.NONE, score.weight
    speaking = [each for each in score.contributions if each.weight > 0]
    if any(each.field == "given_name" and each.level in NAMESAKE for each in score.contributions):
        if not any(each.field in PERSONAL and each.level == "same" for each in speaking):
            return model.NONE, min(score.weight, -1.0)
        return model.REVIEW, min(score.weight, NEARLY)
    if all(each.field in WEAK or each.field in claims for each in speaking):
        return model.REVIEW, min(score.weight, NEARLY)
    return score.verdict, score.weight
