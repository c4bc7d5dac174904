"""How much the files of one organisation may take together, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from matchmaker.errors import InvalidInput
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import UnitOfWork
from matchmaker.workflow.attachment import Attachment, FilesTaken

_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class FileQuota:
    """A bound on all files that an organisation sent, in MB.

    What was taken is kept in a record of its own that every sending writes in its commit: of
    two at the same moment one begins anew and counts the other. The record only grows; where it
    is full, what is really there is counted, as files also go without anybody's doing.
    """

    repositories: Repositories
    most: int

    def take(
        self, unit: UnitOfWork, organization: str, files: Iterable[Attachment], freed: int = 0
    ) -> None:
        """Count files that an organisation sends; `freed` bytes of earlier ones go with it.

        Raises InvalidInput where they would be too large together.
        """
        size = sum(file.size for file in files)
        if not size:
            return
        repository = self.repositories.files_taken
        stored = repository.get_or_none(organization)
        before = stored.value if stored else None
        if before is None or before.size + size - freed > self.most * _MB:
            before = FilesTaken(organization, self._size_of_all(organization))
        taken = replace(before, size=before.size + size - freed)
        if taken.size > self.most * _MB:
            raise InvalidInput(
                "The files of one organisation may have %(most)s MB together, and %(taken)s MB "
                "are taken.",
                where="file",
                mend="Take away certificates, and files beside open calls and answers, that nobody "
                "needs any more; or ask the administrator for more room.",
                most=self.most,
                taken=f"{(taken.size - size) / _MB:.1f}",
            )
        unit.add(repository.put(taken, stored.version if stored else 0))

    def _size_of_all(self, organization: str) -> int:
        return sum(file.size for file in self._all(organization))

    def _all(self, organization: str) -> Iterable[Attachment]:
        repositories = self.repositories
        for record in repositories.certificates.values("organization", organization):
            if record.file is not None:
                yield record.file
        for call in repositories.calls.values("organization", organization):
            if call.organization == organization:
                yield from call.files
        for answer in repositories.call_answers.values("organization", organization):
            yield from answer.files
        for introduction in repositories.introductions.values("organization", organization):
            for message in repositories.messages.values("introduction", introduction.id):
                if message.organization == organization:
                    yield from message.attachments
