"""The only writes of this room: documents of cases, and the stores they may lie in."""

from midchannel.middle.documents.actions.filing import Upload, keep, keep_from_partner, link, remove
from midchannel.middle.documents.actions.forgetting import files_in_use, forget_cases
from midchannel.middle.documents.actions.storing import check_store, put_into_store, save_store, turn_store

__all__ = [
    "Upload",
    "check_store",
    "files_in_use",
    "forget_cases",
    "keep",
    "keep_from_partner",
    "link",
    "put_into_store",
    "remove",
    "save_store",
    "turn_store",
]
