"""What may go wrong with customers."""

from django.utils.translation import gettext as _

from midchannel.platform.errors import ConflictError, NotFoundError


class CustomerNotFoundError(NotFoundError):
    """There is no such customer, or no conversation with them is yours to see."""


class RecordNotFoundError(NotFoundError):
    """There is no such record, or it belongs to a customer you may not see."""


class DecisionNotFoundError(NotFoundError):
    """There is no such decision, or it is about somebody you may not see."""


class NothingToDoError(ConflictError):
    """It is like that already."""


class OvertakenError(ConflictError):
    """A later decision about this record stands. Undo that one first."""


class PairNotFoundError(NotFoundError):
    """There is no such pair, or one of the two is a customer you may not see."""


class DifferenceNotFoundError(NotFoundError):
    """There is no such difference, or it is not yours to see: differences are for leads."""


class AlreadyAnsweredError(ConflictError):
    """Somebody else was faster. `person` said `label`: "same" or "different"."""

    def __init__(self, person: str, label: str) -> None:
        answers = {
            "same": _("%(name)s was faster: this is one person."),
            "different": _("%(name)s was faster: these are two."),
        }
        super().__init__(answers.get(label, _("This has been answered.")) % {"name": person})
        self.person = person
        self.label = label
