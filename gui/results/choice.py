"""Which samples the gallery shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.judgement import Judgement, Rows
from gui.results.words import quoted

Kind = Literal["mistakes", "surest", "doubtful", "cell", "missed", "row", "column"]


@dataclass(frozen=True)
class Choice:
    """A kind of samples and the classes it is about.

    "mistakes": all wrong answers; "surest": right answers, lowest loss first; "doubtful": right, highest loss first;
    "cell": of class ``true`` and taken for ``predicted``; "missed": of class ``true`` and not recognised;
    "row": of class ``true``; "column": taken for ``predicted``.
    """

    kind: Kind = "mistakes"
    true: int = -1
    predicted: int = -1

    def rows(self, judgement: Judgement) -> Rows:
        """The samples, in the order in which they are shown."""
        if self.kind == "mistakes":
            return judgement.mistakes()
        if self.kind == "surest":
            return judgement.surest()
        if self.kind == "doubtful":
            return judgement.surest()[::-1]
        if self.kind == "column":
            return judgement.samples(predicted=self.predicted)
        rows = judgement.samples(self.true, self.predicted if self.kind == "cell" else None)
        if self.kind == "missed":
            rows = rows[judgement.predicted[rows] != self.true]
        return rows

    def title(self, classes: tuple[str, ...]) -> str:
        """What is shown, in a few words."""
        true, predicted = (quoted(classes[index]) if index >= 0 else "" for index in (self.true, self.predicted))
        if self.kind == "cell" and self.true == self.predicted:
            return f"{true}, recognised"
        return {
            "mistakes": "Mistakes, the worst first",
            "surest": "Right, the surest first",
            "doubtful": "Right, the least sure first",
            "cell": f"{true} taken for {predicted}",
            "missed": f"{true}, not recognised",
            "row": f"All of {true}",
            "column": f"All taken for {predicted}",
        }[self.kind]

    def nothing(self) -> str:
        """The sentence where there are no such samples."""
        if self.kind == "mistakes":
            return "Not one mistake: every picture of this part is answered right."
        if self.kind in ("surest", "doubtful"):
            return "Not one right answer yet: let the training go on."
        if self.kind == "missed":
            return "Every picture of this class is recognised."
        return "There is no such picture after this epoch."

    def fits(self, classes: int) -> bool:
        """Whether the classes that it is about exist among so many."""
        return max(self.true, self.predicted) < classes
