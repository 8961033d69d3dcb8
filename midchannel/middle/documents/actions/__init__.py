"""The only writes of this room: documents of cases, and the stores they may lie in."""

from midchannel.middle.documents.actions.filing import Upload, keep, keep_from_partner, link, remove
from midchannel.middle.documents.actions.forgetting import files_in_use, forget_cases

__all__ = ["Upload", "files_in_use", "forget_cases", "keep", "keep_from_partner", "link", "remove"]
