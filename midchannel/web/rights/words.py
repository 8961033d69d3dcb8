"""What consents and requests are called."""

from django.utils.translation import gettext as _

from midchannel.web.components.words import NETWORK_ICONS

HOWS = ("said", "written", "form", "unsubscribe", "contract")


def purpose(name: str) -> tuple[str, str]:
    """A purpose: what it is called, and what it is."""
    return {
        "service": (_("Service"), _("Answering them, and doing what they ordered")),
        "marketing": (_("Marketing"), _("Telling them about offers and news")),
        "profiling": (_("Profiling"), _("Following what they do on our pages, to know them better")),
        "location": (_("Location"), _("Knowing where they are")),
        "sharing": (_("Sharing"), _("Giving it to others")),
    }.get(name, (name, ""))


def standing(kind: str, *, is_allowed: bool) -> str:
    """Why it holds."""
    if kind == "default":
        return _("Nobody has said anything; this needs no yes.") if is_allowed else _("Nobody has said yes.")
    if kind == "restrictive":
        return _("Their records say different things. The no holds until somebody has confirmed what they want.")
    if kind == "confirmed":
        return _("A colleague confirmed this for all their records.")
    return _("They said so.")


def how(name: str) -> str:
    """How something was said."""
    return {
        "said": _("by word of mouth or telephone"),
        "written": _("in writing"),
        "form": _("in a form"),
        "unsubscribe": _("by unsubscribing"),
        "contract": _("in a contract"),
        "import": _("as a system of ours says"),
        "confirmed": _("confirmed by a colleague"),
    }.get(name, name)


def state(name: str) -> tuple[str, str]:
    """A state of a request: its word and the badge it has."""
    return {
        "waiting": (_("Waits"), "badge-outline"),
        "stopped": (_("Look again"), "badge-loss"),
        "working": (_("In work"), "badge-accent"),
        "cleaning": (_("Removed, being cleaned"), "badge-accent"),
        "ready": (_("Ready"), "badge-accent"),
        "done": (_("Done"), ""),
        "expired": (_("Gone again"), ""),
        "withdrawn": (_("Taken back"), ""),
    }.get(name, (name, ""))


def kind(name: str) -> tuple[str, str]:
    """A kind of request: its word and its icon."""
    return (_("Erasure"), "trash-2") if name == "erasure" else (_("Access"), "download")


def network(name: str) -> tuple[str, str]:
    """A network's name and icon, for what was said about one."""
    return (name, NETWORK_ICONS.get(name, "plug")) if name else (_("everywhere"), "globe")


def places() -> dict[str, str]:
    """What each table holds, for the certificate; in the order of what matters to a person."""
    return {
        "activity": _("what they said and did"),
        "activity_version": _("earlier versions of it"),
        "arrival": _("documents as they arrived"),
        "parked": _("documents that could not be applied"),
        "seen": _("what was seen (a sealed key of each stays)"),
        "handle": _("handles"),
        "source_record": _("source records"),
        "source_record_version": _("earlier versions of records"),
        "identifier": _("addresses and numbers"),
        "link_decision": _("decisions who is who, with their evidence"),
        "review_pair": _("pairs that waited for review"),
        "record_key": _("keys to compare records by"),
        "customer": _("customers"),
        "customer_membership": _("ties to organisations"),
        "customer_score": _("computed scores"),
        "difference_item": _("proposed links and splits"),
        "consent": _("consents with their proof"),
        "conversation": _("conversations"),
        "conversation_participant": _("places in others' conversations"),
        "conversation_draft": _("drafts"),
        "message": _("messages, ours to them included"),
        "delivery": _("what was brought to a network"),
        "send_budget": _("budgets of machines that write"),
        "post": _("internal posts"),
        "notice": _("notices to colleagues"),
        "given_answer": _("answers kept for machines"),
        "import_row": _("rows of imports"),
        "stored_file": _("files"),
        "talk": _("who turned to whom"),
        **_places_of_work(),
    }


def _places_of_work() -> dict[str, str]:
    """What is kept of what colleagues did with them, and of what was understood and heard."""
    return {
        "signal": _("what their texts say"),
        "signal_correction": _("what colleagues said of that"),
        "signal_panel": _("their texts in the sample that every reader reads"),
        "mention": _("mentions"),
        "search_hit": _("what searches found"),
        "search": _("searches, without their addresses"),
        "voice_set": _("shares of voice, without their addresses"),
        "voice_version": _("versions of shares of voice, without their addresses"),
        "casework_case": _("cases"),
        "case_event": _("what happened in cases"),
        "case_trace": _("what cases went through"),
        "case_signal": _("signals of cases"),
        "case_conversation": _("conversations of cases"),
        "case_plan_version": _("plans of one case alone"),
        "case_document": _("documents of cases"),
        "plan_item": _("plan items"),
        "plan_move_case": _("cases in moves to another version"),
        "swarm": _("swarms"),
        "swarm_member": _("colleagues in swarms"),
        "partner": _("partners who had no other room"),
        "partner_room": _("partner rooms"),
        "partner_invitation": _("invitations of partners"),
        "partner_message": _("what was said in partner rooms"),
        "partner_share": _("what was shared in partner rooms"),
        "assistance": _("what was written for colleagues on request"),
        "improvement": _("improvements, without their addresses"),
        "improvement_asker": _("places in ledgers"),
        "improvement_telling": _("what askers were told"),
        "canned_reply": _("canned replies, without their addresses"),
        "channel": _("states of channels, without their addresses"),
        "silo_run": _("readings of business systems, without their addresses"),
        "import_run": _("imports, without their addresses"),
        "event": _("events, without their addresses"),
        "audit_entry": _("the audit log, without their addresses"),
    }


def kept(name: str) -> str:
    """What stays after an erasure, and why."""
    return {
        "facts": _("Counts and times, under pseudonyms whose key is gone: they name nobody."),
        "keys": _("A sealed key of each thing that had arrived, without content, so that it does not come again."),
        "others": _(
            "What other people wrote, even where they speak of this person; only addresses around it were taken out."
        ),
        "audit": _("That colleagues did something, by number: who, when and what kind, never what was said."),
        "outside": _(
            "What lies at the networks themselves, in mailboxes and in connected business systems: erase it there."
        ),
    }.get(name, name)


def retention(kind_name: str) -> tuple[str, str]:
    """A kind of thing that may be kept for a limited time: its name, and what goes and stays."""
    return {
        "overheard": (
            _("What was overheard"),
            _("Public posts that only a standing search found. Those that were taken up stay."),
        ),
        "visits": (_("Visits"), _("What people looked at on our pages.")),
        "conversations": (
            _("Settled conversations"),
            _(
                "Resolved ones and spam, with all messages and files. Those stay that a case, an improvement or a question of a"
                " colleague cites."
            ),
        ),
        "parked": (_("What is parked"), _("Documents that could not be applied.")),
        "raw": (
            _("Documents as they arrived"),
            _("Their texts stay; only the originals go. Those of conversations that are not settled stay."),
        ),
        "exports": (_("Exports for people"), _("The ZIP of an access request can be fetched for so long.")),
        "backups": (_("Backups"), _("Files in the folder backups. Erased people are in them until they go.")),
        "audit": (_("The audit log"), _("Who did what. At least a year.")),
    }.get(kind_name, (kind_name, ""))
