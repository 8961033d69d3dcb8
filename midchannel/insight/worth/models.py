"""Fitted models, offer rules, and how far the events are followed."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class WorthFit(models.Model):
    """A fit of both models to the orders of one currency, or why there is none (`reason`).

    `parameters` has (r, alpha, a, b) in weeks and (p, q, v) in the currency, with the covariances of their logarithms. `customers` had an
    order, `repeaters` a second one, and `orders` were counted. `correlation` is that between how often and for how much; the model takes it
    to be 0.
    """

    currency = models.TextField(unique=True)
    at = models.DateTimeField()
    customers = models.IntegerField()
    repeaters = models.IntegerField()
    orders = models.IntegerField()
    parameters = models.JSONField(null=True)
    correlation = models.FloatField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        db_table = "worth_fit"


class OfferRule(models.Model):
    """A rule somebody wrote: who bought this and not that is offered something, for a reason one can read.

    `bought` and `not_bought` are article numbers or words of a name; `days` is how far back they look (0: always). `least_spent` in
    `currency`, `least_days_since` and `most_days_since` the last order. `calm_only`: nothing of theirs is open.
    The first rule in `position` whose conditions hold is the next best offer.
    """

    name = models.TextField()
    offer = models.TextField()
    reason = models.TextField()
    position = models.IntegerField(default=0)
    bought = ArrayField(models.TextField(), default=list)
    not_bought = ArrayField(models.TextField(), default=list)
    days = models.IntegerField(default=0)
    least_spent = models.FloatField(null=True)
    currency = models.TextField(blank=True)
    least_days_since = models.IntegerField(null=True)
    most_days_since = models.IntegerField(null=True)
    calm_only = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    changed_by = models.TextField()
    is_demo = models.BooleanField(default=False)

    class Meta:
        db_table = "offer_rule"
        indexes = [models.Index(fields=["position", "id"], name="offer_rule_order")]


class WorthState(models.Model):
    """How far the events are followed, and when everything was computed anew: one row."""

    event_id = models.BigIntegerField(default=0)
    computed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "worth_state"
