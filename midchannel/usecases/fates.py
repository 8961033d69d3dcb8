"""What an erasure does to every column of the database that can hold a text, so that none is forgotten.

`tests/usecases/test_needle.py` compares this with the database: a new column has to be given its fate here, and where that is GONE or
SWEPT the test hides a needle in it.
"""

from collections.abc import Mapping

# GONE: the rows about the person are removed or emptied. SWEPT: their addresses are taken out wherever they stand. OURS: written by us
# about ourselves (settings, states, names of colleagues). HASH: one way. SEALED: encrypted. MADE_UP: of the network in the box, whose
# people do not exist.
GONE, SWEPT, OURS, HASH, SEALED, MADE_UP = "gone", "swept", "ours", "hash", "sealed", "made up"

FATES: Mapping[str, Mapping[str, str]] = {
    "activity": {"text": GONE, "data": GONE},
    "activity_version": {"text": GONE, "data": GONE},
    "arrival": {"body": GONE},
    "parked": {"raw": GONE, "code": OURS, "reason": SWEPT, "outcome": OURS},
    "handle": {"network": GONE, "address": GONE, "name": GONE, "url": GONE},
    "send_budget": {"address": GONE},
    "delivery": {
        "client_key": OURS,
        "external_key": OURS,
        "external_id": GONE,
        "document": SWEPT,
        "state": OURS,
        "reason": SWEPT,
    },
    "customer": {"kind": OURS, "name": GONE},
    "source_record": {"source": GONE, "name": GONE, "attributes": GONE, "lawful_basis": GONE},
    "source_record_version": {"name": GONE, "attributes": GONE},
    "identifier": {"type": GONE, "value": GONE},
    "link_decision": {"verdict": OURS, "by_rule": OURS, "evidence": GONE},
    "review_pair": {"evidence": GONE, "by_rule": OURS, "label": GONE},
    "customer_membership": {"role": GONE},
    "difference": {"engine": OURS, "model_version": OURS, "state": OURS},
    "difference_item": {
        "kind": OURS,
        "before": GONE,
        "after": GONE,
        "edges": GONE,
        "state": OURS,
        "reason": GONE,
    },
    "customer_score": {"subject": OURS, "name": OURS, "detail": SWEPT, "source": OURS, "basis": HASH},
    "generic_value": {"field": OURS},
    "identity_model": {"version": OURS, "body": OURS},
    "consent": {
        "purpose": GONE,
        "network": GONE,
        "state": GONE,
        "how": GONE,
        "proof": GONE,
        "by_name": OURS,
    },
    "conversation": {"subject": GONE},
    "conversation_draft": {"text": GONE},
    "message": {"body": GONE, "before": OURS},
    "post": {"object_type": OURS, "text": GONE},
    "question": {"object_type": OURS},
    "notice": {"object_type": OURS, "kind": OURS, "text": GONE},
    "improvement": {"title": SWEPT, "change": SWEPT, "state": OURS},
    "improvement_telling": {"text": SWEPT, "approved_by_name": OURS},
    "improvement_asker": {"reason": SWEPT},
    "canned_reply": {"shortcut": OURS, "title": SWEPT, "body": SWEPT},
    "audit_entry": {"actor_name": OURS, "action": OURS, "object_type": OURS, "details": SWEPT},
    "event": {"kind": OURS, "object_type": OURS, "body": SWEPT},
    "import_run": {
        "name": SWEPT,
        "fingerprint": HASH,
        "format": OURS,
        "options": SWEPT,
        "target_type": OURS,
        "state": OURS,
        "by_name": OURS,
    },
    "import_row": {"item_key": GONE, "code": OURS, "reason": SWEPT},
    "given_answer": {"key": OURS, "request_hash": HASH, "location": GONE, "sealed": SEALED},
    "rights_request": {
        "kind": OURS,
        "state": OURS,
        "opened_by_name": OURS,
        "progress": OURS,
        "answer": OURS,
        "file": OURS,
        "reason": OURS,
    },
    "retention_rule": {"kind": OURS},
    "stored_file": {"sha256": GONE, "media_type": GONE},
}


def holds_people(table: str) -> bool:
    """Whether a table holds texts about customers, so that it is written anew after some of its rows went or were emptied."""
    return bool({GONE, SWEPT} & set(FATES.get(table, {}).values()))
