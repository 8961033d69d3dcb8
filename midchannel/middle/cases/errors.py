"""What may go wrong with a case or a plan."""

from django.utils.translation import gettext as _

from midchannel.engines.casework.errors import Problem, RefusedError
from midchannel.platform.errors import ConflictError, InvalidError, NotFoundError


class CaseNotFoundError(NotFoundError):
    """This case is not here, or it is not one of yours."""


class PlanNotFoundError(NotFoundError):
    """There is no such plan."""


class NotNowError(ConflictError):
    """The case does not allow this now. `code` and `about` say what stands in the way."""

    def __init__(self, refused: RefusedError) -> None:
        super().__init__(_WORDS[refused.code]() if refused.code in _WORDS else refused.message)
        self.code, self.about, self.detail = refused.code, refused.about, refused.message


class RuleNotFoundError(NotFoundError):
    """There is no such rule."""


class MovedOnError(ConflictError):
    """The case has moved on since you looked. Look again."""


class SavedMeanwhileError(ConflictError):
    """Somebody has saved this plan since you began."""

    def __init__(self, version_id: int, number: int, by: str) -> None:
        super().__init__(_("%(who)s has saved version %(number)s since you began.") % {"who": by, "number": number})
        self.version_id, self.number, self.by = version_id, number, by


class PlanWrongError(InvalidError):
    """The plan cannot be used. `problems` have line, column, message and what was probably meant."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(each) for each in problems), "text")
        self.problems = problems


_WORDS = {
    "ended": lambda: _("This has ended already: somebody may have been faster."),
    "closed": lambda: _("The case is closed."),
    "unsettled": lambda: _(
        "The plan goes round in circles and never comes to rest. Nothing was changed; the plan needs repair."
    ),
}
