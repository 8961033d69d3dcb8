"""Every measure, defined once: the pages, the rows behind a number, goals and the manual all read this file."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from midchannel.insight.facts.kinds import Fact


@dataclass(frozen=True, slots=True)
class Measure:
    """A defined number.

    `unit` is "contacts", "messages", "replies", "seconds", "share" or "people"; `computed` says how, for those who want to know.
    `fact` is the kind counted, where facts are counted. `less_is_better` decides what a goal's progress means.
    """

    id: str
    name: str | Promise
    definition: str | Promise
    unit: str
    computed: str | Promise
    fact: Fact | None = None
    is_timed: bool = False
    is_now: bool = False
    less_is_better: bool = False
    rows: str | Promise = ""


ORDER_STATISTIC = _(
    "Computed from facts. The interval is the binomial order-statistic interval at 95 %: where the true value lies if these are a "
    "sample of how we usually do. Times above one minute are counted in steps of 2 %."
)

MEASURES: tuple[Measure, ...] = (
    Measure(
        "contacts",
        _("Contacts"),
        _(
            "Conversations that somebody outside began with us. What was only overheard, people who are blocked, and what we began "
            "do not count."
        ),
        "contacts",
        _("One fact for each conversation opened, at the time the customer wrote."),
        fact=Fact.OPENED,
        rows=_("Contacts opened"),
    ),
    Measure(
        "reopened",
        _("Came back"),
        _("Resolved conversations in which the customer wrote again."),
        "contacts",
        _("One fact each time a resolved conversation was re-opened by its customer."),
        fact=Fact.REOPENED,
        less_is_better=True,
        rows=_("Contacts re-opened"),
    ),
    Measure(
        "messages",
        _("Messages received"),
        _(
            "Everything addressed to us: posts, replies, messages, mails, calls. Duplicates do not count, edits do not count again."
        ),
        "messages",
        _("Counted by the hour in which they arrived."),
        fact=Fact.MESSAGE,
        rows=_("Messages received"),
    ),
    Measure(
        "first_answer",
        _("Time to first answer"),
        _(
            "From when the customer's word reached us to when a person answered first; counted once the "
            "network took the answer. Half of the customers waited less than the median, "
            "nine of ten less than the 90th percentile."
        ),
        "seconds",
        ORDER_STATISTIC,
        fact=Fact.FIRST_ANSWER,
        is_timed=True,
        less_is_better=True,
        rows=_("First answers"),
    ),
    Measure(
        "resolution",
        _("Time to resolution"),
        _(
            "From when the customer's word reached us (or they came back) to when the conversation was resolved. Re-opened, it starts anew."
        ),
        "seconds",
        ORDER_STATISTIC,
        fact=Fact.RESOLVED,
        is_timed=True,
        less_is_better=True,
        rows=_("Conversations resolved"),
    ),
    Measure(
        "replies",
        _("Replies sent"),
        _("Replies of ours that the network took."),
        "replies",
        _("One fact for each delivery that was sent."),
        fact=Fact.REPLY_SENT,
        rows=_("Replies sent"),
    ),
    Measure(
        "failed",
        _("Replies that failed"),
        _("Replies of ours that the network refused."),
        "replies",
        _("One fact for each delivery that failed; one that is tried again and fails again counts again."),
        fact=Fact.DELIVERY_FAILED,
        less_is_better=True,
        rows=_("Replies that failed"),
    ),
    Measure(
        "open",
        _("Open now"),
        _("Conversations that are not resolved: open, waiting for the customer, or snoozed."),
        "contacts",
        _("Counted now, not from facts. More than 10,000 are not counted on."),
        is_now=True,
        less_is_better=True,
        rows=_("Open conversations"),
    ),
    Measure(
        "overdue",
        _("Overdue now"),
        _("Open conversations whose first answer or resolution is later than their queue promised."),
        "contacts",
        _("Counted now, not from facts. More than 10,000 are not counted on."),
        is_now=True,
        less_is_better=True,
        rows=_("Overdue conversations"),
    ),
    Measure(
        "loop_closure",
        _("Loop closure"),
        _("Of the people who asked for an improvement that is done: the share who have been told so."),
        "share",
        _("Counted now, from the ledgers of all improvements that are done. The interval is Wilson's at 95 %."),
        is_now=True,
        rows=_("People who asked for what is done"),
    ),
)

BY_ID = {measure.id: measure for measure in MEASURES}
GOALS = ("contacts", "messages", "first_answer", "resolution", "loop_closure")
