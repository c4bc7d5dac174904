"""Questions too long for an address: kept, so that their address can be kept and sent."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from matchmaker.access import Principal
from matchmaker.errors import NotFound
from matchmaker.services.matching.seekers import check_text
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import Clock
from matchmaker.workflow.interactions import LongQuestion


@dataclass(frozen=True, slots=True)
class LongQuestions:
    """Whoever has signed in and has the address of a question may read it."""

    repositories: Repositories
    clock: Clock

    def keep(self, principal: Principal, text: str) -> str:
        """The id under which the text can be asked for. Raises SignInNeeded, InvalidInput."""
        principal.require_known()
        check_text(text)
        # The same question again is no second one; without its text nobody guesses its id.
        id = sha256(f"{principal.subject}\n{text}".encode()).hexdigest()[:40]
        if self.repositories.long_questions.get_or_none(id) is None:
            question = LongQuestion(id, principal.account, text, self.clock())
            self.repositories.records.commit([self.repositories.long_questions.put(question)])
        return id

    def text(self, principal: Principal, id: str) -> str:
        """The text of a kept question. Raises SignInNeeded, NotFound."""
        principal.require_known()
        stored = self.repositories.long_questions.get_or_none(id[:80])
        if stored is None:
            raise NotFound("There is no such question any more.", mend="Ask it again.")
        return stored.value.text
