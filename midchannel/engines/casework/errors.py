"""What may go wrong with plans and cases. Each says in its docstring what it is, and carries what a person needs to put it right.

CaseworkError
├── ExpressionError      a condition cannot be read, or cannot be answered now
├── InvalidPlanError          a definition with problems, every one with its place
├── RefusedError              a command that the case does not allow now; nothing has changed
│   └── UnsettledError        the plan never comes to rest
└── UnreadableError   XML that is not taken in
"""

from dataclasses import dataclass


class CaseworkError(Exception):
    """Something is wrong with a plan or a case."""


class ExpressionError(CaseworkError):
    """A condition cannot be read, or cannot be answered with the values there are."""

    def __init__(self, message: str, *, at: int, text: str) -> None:
        """`at` is the place in `text`, counted from 0."""
        super().__init__(message)
        self.message, self.at, self.text = message, at, text

    def __str__(self) -> str:
        return f"{self.message} (at character {self.at + 1} of {self.text!r})"


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with a definition: line and column are counted from 1, 0 where there is no text."""

    line: int
    column: int
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"line {self.line}, column {self.column}: " if self.line else ""
        return f"{place}{self.message}" + (f" {self.hint}" if self.hint else "")


class InvalidPlanError(CaseworkError):
    """A definition that cannot be used, with everything wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        """Takes the problems; they are kept in the order of their places."""
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(each) for each in self.problems))


class UnreadableError(CaseworkError):
    """XML that is not taken in: not well formed, too large, or with a document type, entities or references to elsewhere."""

    def __init__(self, message: str, *, line: int = 0, column: int = 0) -> None:
        """Line and column are counted from 1; 0 when there is no place."""
        super().__init__(f"line {line}, column {column}: {message}" if line else message)
        self.message, self.line, self.column = message, line, column


class RefusedError(CaseworkError):
    """The case does not allow this now. Nothing has changed."""

    def __init__(self, code: str, message: str, **about: str) -> None:
        """`code` is one of a small set (`state`, `unknown`, `blocked`, `not_applicable` ...); `about` names what stood in the way."""
        super().__init__(message)
        self.code, self.message, self.about = code, message, about


class UnsettledError(RefusedError):
    """The plan never comes to rest: the step was given up and rolled back."""

    def __init__(self, turns: int, recent: list[str]) -> None:
        """`recent` are the items that moved last, for whoever has to repair the plan."""
        among = ", ".join(recent)
        super().__init__(
            "unsettled", f"The case did not come to rest within {turns} turns. What moved last: {among}.", among=among
        )
        self.turns, self.recent = turns, recent
