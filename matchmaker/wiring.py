"""Builds store, snapshot reader, model and services from the settings, each when first needed."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from argon2 import PasswordHasher

from matchmaker import embedding
from matchmaker.domain import GoalName
from matchmaker.embedding import (
    Encoder,
    ModelIdentity,
    VectorCache,
    VectorCaches,
    identify_model,
    open_cache,
)
from matchmaker.embedding.cross_encoder import CrossEncoder, load_cross_encoder
from matchmaker.errors import (
    MatchmakerError,
    ModelUnavailable,
    SnapshotUnavailable,
    WrongState,
    not_writable,
)
from matchmaker.mail import Mailer
from matchmaker.messages import catalogue, languages
from matchmaker.nodes.allowance import Allowance, allowance_of, daily_allowance_of
from matchmaker.nodes.counts_file import CountsFile
from matchmaker.nodes.mirror import Mirror
from matchmaker.nodes.objects import ObjectStore
from matchmaker.nodes.registry import NodeRegistry
from matchmaker.nodes.shared_state import SharedState
from matchmaker.recommend.pipeline import prepare
from matchmaker.recommend.specification.kept import reader
from matchmaker.regex import compile_all
from matchmaker.services.auditing.survey_answers import SurveyAnswers
from matchmaker.services.auditing.survey_sync import SurveySync
from matchmaker.services.auditing.surveys import Surveys
from matchmaker.services.cooperation.attachment_files import AttachmentFiles
from matchmaker.services.cooperation.call_answers import CallAnswers
from matchmaker.services.cooperation.call_decisions import CallDecisions
from matchmaker.services.cooperation.call_figures import CallCounting
from matchmaker.services.cooperation.call_files import CallFiles
from matchmaker.services.cooperation.call_invitations import CallInvitations
from matchmaker.services.cooperation.call_notices import CallNotices
from matchmaker.services.cooperation.call_opening import CallOpening
from matchmaker.services.cooperation.call_views import CallViews
from matchmaker.services.cooperation.calls import Calls
from matchmaker.services.cooperation.capacity import Capacity
from matchmaker.services.cooperation.cluster_changes import ClusterHistory
from matchmaker.services.cooperation.cluster_members import ClusterMembers
from matchmaker.services.cooperation.cluster_reviews import ClusterReviews
from matchmaker.services.cooperation.conversations import Conversations
from matchmaker.services.cooperation.dealings import Dealings
from matchmaker.services.cooperation.effects import Effects
from matchmaker.services.cooperation.exclusions import Exclusions
from matchmaker.services.cooperation.file_quota import FileQuota
from matchmaker.services.cooperation.gatherings import Gatherings
from matchmaker.services.cooperation.graph_sync import GraphSync
from matchmaker.services.cooperation.introductions import Introductions
from matchmaker.services.cooperation.postings import Postings
from matchmaker.services.cooperation.references import References
from matchmaker.services.cooperation.refusals import Refusals
from matchmaker.services.cooperation.response_figures import Responsiveness
from matchmaker.services.cooperation.scanner import Scanner, ScanPlaces
from matchmaker.services.cooperation.webhooks import Webhooks
from matchmaker.services.directory.certificates import Certificates
from matchmaker.services.directory.change_log import ChangeLog
from matchmaker.services.directory.cluster_sources import ClusterSources
from matchmaker.services.directory.codes import Codes
from matchmaker.services.directory.directory import Directory
from matchmaker.services.directory.facets import FacetedDirectory
from matchmaker.services.directory.log_anchor import LogAnchor
from matchmaker.services.directory.map_spots import Geography
from matchmaker.services.directory.opted_out import OptedOut
from matchmaker.services.directory.published import Published, PublishedStatements
from matchmaker.services.directory.reconciliation import Reconciliation
from matchmaker.services.directory.search import Search
from matchmaker.services.directory.searched_names import prepare_names
from matchmaker.services.matching.asker_reader import AskerReader
from matchmaker.services.matching.evaluation import RankerLearning
from matchmaker.services.matching.interaction_log import MAX_LISTS_A_DAY, InteractionLog
from matchmaker.services.matching.long_questions import LongQuestions
from matchmaker.services.matching.matching import Matching
from matchmaker.services.matching.open_needs import OpenNeeds
from matchmaker.services.matching.own_changes import OwnChanges
from matchmaker.services.matching.programme_alerts import ProgrammeAlerts
from matchmaker.services.matching.ranker_files import RankerFiles
from matchmaker.services.matching.saved_searches import SavedSearches
from matchmaker.services.matching.seekers import SeekerFactory
from matchmaker.services.matching.snapshot_rows import SnapshotRows
from matchmaker.services.operations.backups import Backups
from matchmaker.services.operations.clock_watch import ClockWatch
from matchmaker.services.operations.duplicates import Duplicates
from matchmaker.services.operations.health import HealthService
from matchmaker.services.operations.import_decisions import ImportDecisions
from matchmaker.services.operations.import_fields import ImportFields
from matchmaker.services.operations.import_undo import UndoWorkflow
from matchmaker.services.operations.import_workflow import ImportWorkflow
from matchmaker.services.operations.importer import Importer
from matchmaker.services.operations.job_queue import JobHandler, JobQueue
from matchmaker.services.operations.node_work import (
    FETCH_SECONDS,
    NodeWork,
    SharedRefresh,
    holder_of_work,
)
from matchmaker.services.operations.process_lock import Holder, ProcessLock
from matchmaker.services.operations.refresher import SnapshotRefresher, exclusively
from matchmaker.services.operations.shared_vectors import SharedVectors
from matchmaker.services.operations.snapshot_exchange import SnapshotExchange
from matchmaker.services.operations.submitted_lists import SubmittedLists
from matchmaker.services.operations.upload_folder import UploadFolder
from matchmaker.services.people.accounts import Accounts
from matchmaker.services.people.api_keys import ApiKeys
from matchmaker.services.people.channels import Channels
from matchmaker.services.people.demo import Demo
from matchmaker.services.people.invitation_limits import MAX_FROM_FIRM_A_DAY
from matchmaker.services.people.invitations import Invitations
from matchmaker.services.people.links import Links
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.services.people.notifications import Notifications
from matchmaker.services.people.operator_key import OperatorKey
from matchmaker.services.people.passkey_challenges import PasskeyChallenges
from matchmaker.services.people.passkeys import Passkeys
from matchmaker.services.people.passwords import Passwords
from matchmaker.services.people.privacy import Privacy
from matchmaker.services.people.reset_requests import ResetRequests
from matchmaker.services.people.second_factors import SecondFactors
from matchmaker.services.people.sessions import Sessions
from matchmaker.services.people.sign_in import SignInService
from matchmaker.services.receipts import ANSWERS, ANSWERS_FILE, Receipts
from matchmaker.services.repositories import Repositories
from matchmaker.services.sealing import Sealer
from matchmaker.services.unit_of_work import Clock, utc_now
from matchmaker.settings import Settings
from matchmaker.snapshot.load import SnapshotReader
from matchmaker.snapshot.model import Snapshot
from matchmaker.store.documents import Store
from matchmaker.store.graph_copy import GraphCopy
from matchmaker.store.opening import (
    copy_store,
    open_file,
    open_store,
    put_back_file,
    put_into_store,
)
from matchmaker.workflow.appointment import zone_of
from matchmaker.workflow.job import JobKind

if TYPE_CHECKING:  # SciPy's statistics take a second to import: only what needs them pays
    from huey.api import Huey

    from matchmaker.services.auditing.auditing import Auditing
    from matchmaker.services.auditing.derived_clusters import ClusterDerivation
    from matchmaker.services.auditing.survey_audit import SurveyAudits
    from matchmaker.services.cooperation.batches import Batches
    from matchmaker.services.operations.exports import Exports

# Reading a snapshot anew costs much: what went wrong will not be over in a second.
_AFTER_FAULT_SECONDS = 30
# What all clusters are compared by is made anew no sooner after it was made.
_BETWEEN_AUDITS_SECONDS = 60.0

log = structlog.get_logger(__name__)


class Wiring:
    """One process's parts. Nothing is opened before it is asked for, so after a fork."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock: Clock = utc_now
        self._lock = threading.RLock()
        # Of its own: a model takes seconds to load, and what needs none goes on meanwhile.
        self._models_lock = threading.RLock()

    def local_clock(self) -> datetime:
        """The time where the installation is: a deadline is the end of its day there."""
        return self.clock().astimezone(zone_of(self.settings.time_zone))

    @property
    def snapshot_root(self) -> Path:
        return self.settings.data_dir / "snapshots"

    @property
    def store(self) -> Store:
        with self._lock:
            return self._store

    @cached_property
    def _store(self) -> Store:
        return open_store(self.settings, self.graph_copy)

    @cached_property
    def graph_copy(self) -> GraphCopy:
        """The copy of the graph that is read while a server does not answer."""
        return GraphCopy(self.settings.data_dir / "copy", open_file)

    @cached_property
    def published(self) -> Published:
        return self.store

    def embedder(self) -> Encoder:
        """The model, loaded once. Raises ModelUnavailable."""
        with self._models_lock:
            return self._embedder

    @cached_property
    def _embedder(self) -> Encoder:
        return embedding.load_embedder(self.settings)

    def forget_models(self) -> None:
        """Have no file of theirs open: the next question loads them, damaged ones made anew."""
        with self._models_lock:
            for name in ("_embedder", "_reranker"):
                self.__dict__.pop(name, None)

    def reranker(self) -> CrossEncoder | None:
        """The cross-encoder, loaded once; None where none is set. Raises SettingsError."""
        with self._models_lock:
            return self._reranker

    @cached_property
    def _reranker(self) -> CrossEncoder | None:
        return load_cross_encoder(self.settings)

    def model(self) -> ModelIdentity:
        """The identity of the model in the settings, not loaded. Raises ModelUnavailable."""
        return identify_model(self.settings)

    def cache(self) -> VectorCache | VectorCaches:
        """Vectors of the model by text."""
        with self._lock:
            return self._cache

    @cached_property
    def _cache(self) -> VectorCache | VectorCaches:
        return open_cache(self.settings.data_dir / "vectors", self.settings)

    @cached_property
    def reader(self) -> SnapshotReader:
        return SnapshotReader(self.snapshot_root)

    @cached_property
    def operator_key(self) -> OperatorKey:
        return OperatorKey(
            self.settings.data_dir,
            self.settings.admin_key.get_secret_value(),
            self.settings.signing_secret.get_secret_value(),
        )

    @cached_property
    def cluster_sources(self) -> ClusterSources:
        return ClusterSources(self.store)

    @cached_property
    def directory(self) -> Directory:
        return Directory(self.store, self.clock, self.codes, self.opted_out)

    @cached_property
    def matching(self) -> Matching:
        return Matching(
            self.store,
            self.reader,
            self.embedder,
            self.cache,
            self.directory,
            self.rankers,
            self.interaction_log,
            AskerReader(self.store, self.exclusions),
            self.capacity.full,
            self.reranker,
            self.exclusions.reader,
            self.responsiveness.of,
            self.own_changes.snapshot,
        )

    @cached_property
    def own_changes(self) -> OwnChanges:
        return OwnChanges(self.store, self.embedder, self.cache, reader())

    @cached_property
    def change_log(self) -> ChangeLog:
        return ChangeLog(
            lambda: self.store.documents, self.accounts.by_email, self.settings.time_zone
        )

    @cached_property
    def codes(self) -> Codes:
        return Codes(self.reader)

    @cached_property
    def auditing(self) -> Auditing:
        from matchmaker.services.auditing.auditing import Auditing

        return Auditing(
            self.store,
            self.reader,
            self.rankers,
            self.exclusions.staying_within,
            self.opted_out.ids,
            self.opted_out.hidden_from,
        )

    @cached_property
    def opted_out(self) -> OptedOut:
        return OptedOut(lambda: self.store, Dealings(self.repositories).exist)

    @cached_property
    def published_statements(self) -> PublishedStatements:
        return PublishedStatements(self.store, self.opted_out)

    @cached_property
    def reconciliation(self) -> Reconciliation:
        return Reconciliation(self.store, self.reader)

    @cached_property
    def long_questions(self) -> LongQuestions:
        return LongQuestions(self.repositories, self.clock)

    @cached_property
    def saved_searches(self) -> SavedSearches:
        return SavedSearches(
            self.store,
            self.repositories,
            self.accounts,
            self.long_questions,
            lambda: self.matching,
            self.clock,
        )

    @cached_property
    def programme_alerts(self) -> ProgrammeAlerts:
        return ProgrammeAlerts(
            self.store,
            self.reader,
            self.seekers,
            self.repositories,
            self.notification_outbox,
            self.clock,
            self.cluster_sources,
            self.opted_out,
            self.exclusions.reader,
            self.own_changes.snapshot,
        )

    @cached_property
    def open_needs(self) -> OpenNeeds:
        return OpenNeeds(self.store, self.directory, self.matching, self.clock)

    @cached_property
    def faceted_directory(self) -> FacetedDirectory:
        return FacetedDirectory(self.store, self.reader, self.directory)

    @cached_property
    def geography(self) -> Geography:
        return Geography(self.reader, self.faceted_directory)

    @cached_property
    def search(self) -> Search:
        return Search(
            self.store,
            self.reader,
            lambda snapshot, text: self.seekers(snapshot).free_texts([text], GoalName.SUPPLIER)[0],
            self.clock,
            self.opted_out,
            self.cluster_sources,
        )

    @cached_property
    def exports(self) -> Exports:
        from matchmaker.services.operations.exports import Exports

        return Exports(
            self.store,
            self.reader,
            self.cluster_sources,
            self.directory,
            self.matching,
            lambda: self.auditing,
        )

    @cached_property
    def cluster_derivation(self) -> ClusterDerivation:
        from matchmaker.services.auditing.derived_clusters import ClusterDerivation

        return ClusterDerivation(self.store, self.reader)

    @cached_property
    def rankers(self) -> RankerFiles:
        return RankerFiles(self.settings.data_dir / "rankers", self._mirror("rankers"))

    @cached_property
    def learning(self) -> RankerLearning:
        return RankerLearning(self.reader, self.rankers, self.seekers)

    def seekers(self, snapshot: Snapshot) -> SeekerFactory:
        """Makes those who ask, as of a snapshot."""
        return SeekerFactory(self.store, SnapshotRows(snapshot), self.embedder, self.cache)

    @cached_property
    def importer(self) -> Importer:
        return Importer(
            self.store,
            lambda: {
                (pair.first, pair.second) for pair in self.repositories.not_duplicates.values()
            },
            self.certificates.records.taken_back,
            self.accounts.without_people,
            self.opted_out.hidden_from,
        )

    @cached_property
    def duplicates(self) -> Duplicates:
        return Duplicates(self.store, self.repositories, self.clock)

    @property
    def job_queue(self) -> JobQueue:
        with self._lock:  # huey takes a task of a name once
            return self._job_queue

    @cached_property
    def _job_queue(self) -> JobQueue:
        return JobQueue(
            self.repositories, self.requested_jobs, lambda: self.job_handlers, self.clock
        )

    @property
    def shared_state(self) -> SharedState | None:
        """The state that all nodes share; None where this is the only one."""
        with self._lock:
            return self._shared_state

    @cached_property
    def _shared_state(self) -> SharedState | None:
        return SharedState(self.settings) if self.settings.redis else None

    @cached_property
    def counts(self) -> CountsFile:
        """What the processes of this machine count together, where nodes share no state."""
        return CountsFile.of(self.settings)

    @property
    def requests_allowance(self) -> Allowance:
        """Requests of each account, or of an address without one."""
        a_minute = self.settings.requests_a_minute
        return allowance_of("allowance", a_minute, self.counts, self.shared_state)

    @property
    def written_allowance(self) -> Allowance:
        """What each account has kept, in kB."""
        a_day = self.settings.written_mb_a_day * 1000
        return daily_allowance_of("written", a_day, self.counts, self.shared_state)

    @property
    def wrong_keys_allowance(self) -> Allowance:
        """Keys that are none, from an address: as many as passwords may be tried."""
        return allowance_of("wrong_keys", 30, self.counts, self.shared_state, minutes=1)

    @property
    def jobs_file(self) -> Path:
        """The database of all background jobs."""
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        return self.settings.data_dir / "jobs.db"

    @cached_property
    def requested_jobs(self) -> Mapping[JobKind, Huey]:
        """Jobs that people requested, on their way to the worker: one queue for each kind."""
        return {kind: self._queue(f"requested-{kind}") for kind in JobKind}

    @cached_property
    def requested_letters(self) -> Huey:
        """Letters that somebody waits for, on their way to the worker."""
        return self._queue("letters")

    def _queue(self, name: str) -> Huey:
        from matchmaker.nodes.queues import queue_in_file, shared_queue

        secret = self.operator_key.signing_secret
        if self.shared_state is None:
            return queue_in_file(name, self.jobs_file, secret)
        return shared_queue(name, self.shared_state, secret)

    @cached_property
    def jobs_lock(self) -> ProcessLock:
        """Held by the worker of background jobs."""
        return ProcessLock(self.settings.data_dir / "jobs.lock")

    @cached_property
    def assistants_lock(self) -> ProcessLock:
        """Held by the server for assistants over HTTP."""
        return ProcessLock(self.settings.data_dir / "assistants.lock")

    @cached_property
    def single_assistants_lock(self) -> ProcessLock:
        """Shared by all servers for an assistant of one person."""
        return ProcessLock(self.settings.data_dir / "single-assistants.lock")

    @cached_property
    def server_lock(self) -> ProcessLock:
        """Held by the server."""
        return ProcessLock(self.settings.data_dir / "server.lock")

    @cached_property
    def job_handlers(self) -> Mapping[JobKind, JobHandler]:
        from matchmaker.services.operations.job_handlers import job_handlers

        return job_handlers(
            self.import_workflow,
            self.import_undo,
            self.refresher,
            self.learning,
            self.cluster_derivation,
        )

    @cached_property
    def import_fields(self) -> ImportFields:
        return ImportFields(
            self.store,
            self.repositories,
            self.cluster_sources,
            self.clock,
            self.opted_out.hidden_from,
        )

    @cached_property
    def import_undo(self) -> UndoWorkflow:
        return UndoWorkflow(self.store, self.repositories, self.job_queue, self.clock)

    @cached_property
    def import_workflow(self) -> ImportWorkflow:
        return ImportWorkflow(
            self.store,
            self.repositories,
            self.importer,
            self.job_queue,
            UploadFolder(self.settings.data_dir / "uploads", self._mirror("uploads")),
            ImportDecisions(self.store, self.repositories, self.opted_out.hidden_from),
            self.clock,
        )

    @cached_property
    def submitted_lists(self) -> SubmittedLists:
        return SubmittedLists(self.store, self.repositories, self.clock)

    def node_work(self, lost: Callable[[], None]) -> NodeWork | None:
        """The work of this node as one of several; None where it is the only one."""
        if self.shared_state is None:
            return None
        return NodeWork(
            self.shared_state,
            self.snapshot_exchange,
            (self.rankers.sync, self.shared_vectors.sync),
            lost,
        )

    def _mirror(self, name: str) -> Mirror:
        """How a folder of the data folder gets to other nodes."""
        objects = self.objects if self.settings.redis else None
        return Mirror(self.settings.data_dir / name, objects, f"files/{name}")

    def _gather_files(self) -> None:
        for name in ("rankers", "uploads", "attachments", "proofs", "call-files"):
            self._mirror(name).gather()

    def _spread_files(self) -> None:
        self._mirror("rankers").put_folder("")
        self._mirror("uploads").spread()
        for name in ("attachments", "proofs", "call-files"):
            self._mirror(name).spread_files()

    @cached_property
    def objects(self) -> ObjectStore:
        return ObjectStore(self.settings)

    @cached_property
    def shared_vectors(self) -> SharedVectors:
        return SharedVectors(self.objects, self.cache)

    @cached_property
    def snapshot_exchange(self) -> SnapshotExchange:
        return SnapshotExchange(self.objects, self.snapshot_root, self.reader)

    def _jobs_holder(self) -> Holder | None:
        state = self.shared_state
        return self.jobs_lock.holder() if state is None else holder_of_work(state)

    @cached_property
    def refresher(self) -> SnapshotRefresher:
        return SnapshotRefresher(
            self.store,
            self.reader,
            self.snapshot_root,
            self.model,
            self.embedder,
            self.cache,
            # They are the model's, whatever the graph: kept beside it.
            lambda: open_cache(self.settings.data_dir / "models", self.settings),
            reader(),
            # A file needs no copy of itself.
            self.graph_copy if self.settings.store_kind == "neo4j" else None,
            exclusively
            if self.shared_state is None
            else SharedRefresh(
                self.shared_state, self.snapshot_exchange, self.shared_vectors
            ).exclusively,
            FETCH_SECONDS,
        )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep servers and workers away. Raises WrongState where one is there, StorageFull."""
        nodes = NodeRegistry(self.shared_state).nodes() if self.shared_state else []
        if nodes:
            raise WrongState(
                "Nodes are serving: %(names)s.",
                mend="Stop them first: what they take meanwhile would be lost.",
                names=", ".join(node.name for node in nodes),
            )
        with ExitStack() as held:
            for lock in (
                self.server_lock, self.jobs_lock, self.assistants_lock,
                self.single_assistants_lock,
            ):  # fmt: skip
                lock.acquire(is_to_write=True)
                held.callback(lock.release)
            yield

    @cached_property
    def backups(self) -> Backups:
        return Backups(
            self.settings,
            lambda: self.store,
            lambda path: copy_store(self.store, path),
            lambda path, *how: put_into_store(self.store, path, *how),
            lambda path: put_back_file(self.store, path),
            open_file,
            self._forget_what_was,
            self.clock,
            self._gather_files,
            self._spread_files,
            self._alone,
        )

    def _forget_what_was(self) -> None:
        """Where the log ended, and what was answered that is to be done again once it is gone.

        Raises ServiceUnavailable, StorageFull.
        """
        self.log_anchor.forget()
        if self.shared_state is not None:
            self.shared_state.remove_all(ANSWERS)
            return
        answers = self.settings.data_dir / ANSWERS_FILE
        try:
            for path in (answers, answers.with_name(f"{ANSWERS_FILE}-journal")):
                path.unlink(missing_ok=True)
        except OSError as error:
            raise not_writable(answers, error) from None

    @cached_property
    def health(self) -> HealthService:
        return HealthService(
            self.settings,
            lambda: self.store,
            self.reader,
            self.embedder,
            self.rankers,
            self.reranker,
            self._jobs_holder,
            self.log_anchor.check,
            self.operator_key.check,
            self.clock_watch.check,
            self.counts.begun_anew,
            self.shared_state,
            self.snapshot_exchange.newest,
        )

    @cached_property
    def clock_watch(self) -> ClockWatch:
        return ClockWatch(self.repositories, self.clock)

    @cached_property
    def log_anchor(self) -> LogAnchor:
        """The end of the log when it was looked at last."""
        return LogAnchor(
            self.settings.data_dir,
            lambda: self.store.documents,
            self.operator_key.signing_secret,
            Mirror(self.settings.data_dir, self.objects, "files") if self.settings.redis else None,
        )

    # -- cooperation

    @cached_property
    def repositories(self) -> Repositories:
        return Repositories(lambda: self.store.documents)

    @cached_property
    def notification_outbox(self) -> NotificationOutbox:
        return NotificationOutbox(self.repositories)

    @cached_property
    def capacity(self) -> Capacity:
        return Capacity(self.repositories, self.settings.default_slots)

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts(lambda: self.store, self.repositories, self.passwords, self.clock)

    @cached_property
    def passwords(self) -> Passwords:
        return Passwords(PasswordHasher())

    @cached_property
    def links(self) -> Links:
        return Links(self.operator_key.signing_secret, lambda: self.settings.base_url, self.mailer)

    @cached_property
    def sign_in(self) -> SignInService:
        return SignInService(
            self.repositories,
            self.accounts,
            self.invitations,
            self.passwords,
            self.links,
            self.second_factors,
            self.clock,
        )

    @cached_property
    def sealer(self) -> Sealer:
        configured = self.settings.secret_key
        return Sealer(lambda: configured.get_secret_value() or self.operator_key.signing_secret())

    @cached_property
    def second_factors(self) -> SecondFactors:
        return SecondFactors(
            self.accounts, self.passkey_challenges, self.sealer, self.clock,
            is_owed_by_leaders=self.settings.second_factor == "coordinators",
            is_owed_by_all=self.settings.second_factor == "everybody",
        )  # fmt: skip

    @cached_property
    def passkeys(self) -> Passkeys:
        return Passkeys(
            self.repositories, self.accounts, self.second_factors, self.passkey_challenges,
            self.clock,
        )  # fmt: skip

    @cached_property
    def receipts(self) -> Receipts:
        return Receipts(self.repositories, self.clock)

    @cached_property
    def passkey_challenges(self) -> PasskeyChallenges:
        return PasskeyChallenges(self.repositories, self.links, self.clock)

    @cached_property
    def sessions(self) -> Sessions:
        keep = timedelta(hours=self.settings.session_hours)
        return Sessions(self.repositories, self.accounts, self.clock, keep)

    @property
    def reset_requests(self) -> ResetRequests:
        with self._lock:  # huey takes a task of a name once
            return self._reset_requests

    @cached_property
    def _reset_requests(self) -> ResetRequests:
        return ResetRequests(self.sign_in, self.requested_letters)

    @cached_property
    def invitations(self) -> Invitations:
        a_day = MAX_FROM_FIRM_A_DAY
        return Invitations(
            lambda: self.store, self.repositories, self.accounts, self.links,
            self.second_factors, self.clock,
            daily_allowance_of("invitations", a_day, self.counts, self.shared_state),
        )  # fmt: skip

    @cached_property
    def api_keys(self) -> ApiKeys:
        return ApiKeys(self.repositories, self.accounts, self.second_factors, self.clock)

    @cached_property
    def graph_sync(self) -> GraphSync:
        return GraphSync(self.store, self.repositories)

    @cached_property
    def introductions(self) -> Introductions:
        return Introductions(
            self.store,
            self.repositories,
            self.capacity,
            self.notification_outbox,
            self.graph_sync,
            self.exclusions,
            self.clock,
        )

    @cached_property
    def exclusions(self) -> Exclusions:
        return Exclusions(self.store, self.opted_out, self.repositories, self.clock)

    @cached_property
    def _call_views(self) -> CallViews:
        return CallViews(
            self.store,
            self.repositories,
            self.exclusions,
            self.local_clock,
            self.operator_key.session_secret,
        )

    @cached_property
    def _call_notices(self) -> CallNotices:
        return CallNotices(self._call_views, self.notification_outbox)

    @cached_property
    def calls(self) -> Calls:
        return Calls(self._call_views, self._call_notices, self.local_clock)

    @cached_property
    def call_invitations(self) -> CallInvitations:
        return CallInvitations(
            self._call_views, self._call_notices, self.capacity, lambda: self.matching
        )

    @cached_property
    def call_opening(self) -> CallOpening:
        return CallOpening(self._call_views, self.call_invitations, self.local_clock)

    @cached_property
    def call_answers(self) -> CallAnswers:
        return CallAnswers(
            self._call_views, self._call_notices, self.local_clock, self._files_of_calls.drop
        )

    @cached_property
    def _files_of_calls(self) -> AttachmentFiles:
        return self._attachment_files("call-files")

    def _attachment_files(self, name: str) -> AttachmentFiles:
        return AttachmentFiles(self.settings.data_dir / name, self._scanner, self._mirror(name))

    @cached_property
    def _scanner(self) -> Scanner:
        return Scanner(self.settings.scanner, ScanPlaces(self.settings.threads))

    @cached_property
    def file_quota(self) -> FileQuota:
        return FileQuota(self.repositories, self.settings.files_mb)

    @cached_property
    def call_files(self) -> CallFiles:
        return CallFiles(
            self._call_views,
            self._call_notices,
            self._files_of_calls,
            self.file_quota,
            self.local_clock,
        )

    @cached_property
    def call_decisions(self) -> CallDecisions:
        return CallDecisions(
            self._call_views, self._call_notices, self.introductions, self.local_clock
        )

    @cached_property
    def responsiveness(self) -> Responsiveness:
        return Responsiveness(self.repositories, self.clock)

    @cached_property
    def references(self) -> References:
        return References(self.repositories, self.clock)

    @cached_property
    def refusals(self) -> Refusals:
        return Refusals(self.store, self.repositories)

    @cached_property
    def call_counting(self) -> CallCounting:
        return CallCounting(self.store, self.repositories)

    @cached_property
    def conversations(self) -> Conversations:
        return Conversations(
            self.store,
            self.repositories,
            self.introductions,
            self._attachment_files("attachments"),
            self.file_quota,
            self.notification_outbox,
            self.clock,
        )

    @cached_property
    def certificates(self) -> Certificates:
        return Certificates(
            self.store,
            self.opted_out,
            self.repositories,
            self._attachment_files("proofs"),
            self.file_quota,
            self.notification_outbox,
            self.clock,
        )

    @cached_property
    def cluster_members(self) -> ClusterMembers:
        return ClusterMembers(
            self.repositories,
            self.directory,
            self.accounts,
            self.invitations,
            lambda: self.auditing,
        )

    @cached_property
    def cluster_history(self) -> ClusterHistory:
        return ClusterHistory(self.repositories, lambda: self.auditing, self.clock)

    @cached_property
    def batches(self) -> Batches:
        from matchmaker.services.cooperation.batches import Batches

        return Batches(
            self.store,
            self.repositories,
            self.introductions,
            self.capacity,
            lambda: self.matching,
            lambda: self.auditing,
            lambda: (self.operator_key.signing_secret(), self.settings.holdout_share),
            self.clock,
        )

    @cached_property
    def postings(self) -> Postings:
        return Postings(
            self.store,
            self.repositories,
            self.notification_outbox,
            lambda: self.matching,
            self.clock,
        )

    @cached_property
    def cluster_reviews(self) -> ClusterReviews:
        return ClusterReviews(
            self.store, self.repositories, self.postings, self.submitted_lists, self.clock
        )

    @cached_property
    def gatherings(self) -> Gatherings:
        return Gatherings(
            self.store, self.repositories, self.notification_outbox, self.exclusions, self.clock
        )

    @cached_property
    def surveys(self) -> Surveys:
        return Surveys(
            self.store, self.repositories, self.notification_outbox, self.links, self.clock
        )

    @cached_property
    def survey_sync(self) -> SurveySync:
        return SurveySync(self.store, self.repositories, self.clock)

    @cached_property
    def survey_audits(self) -> SurveyAudits:
        from matchmaker.services.auditing.survey_audit import SurveyAudits

        return SurveyAudits(self.surveys, self.auditing)

    @cached_property
    def survey_answers(self) -> SurveyAnswers:
        return SurveyAnswers(self.surveys, self.survey_sync, self.reconciliation)

    @cached_property
    def mailer(self) -> Mailer:
        return Mailer(self.settings)

    @cached_property
    def notifications(self) -> Notifications:
        return Notifications(
            self.repositories,
            self.accounts,
            self.links,
            self.clock,
            self.channels.stop,
            self.published_statements.finds_statement,
            self._call_views.names_caller,
        )

    @cached_property
    def channels(self) -> Channels:
        return Channels(
            self.repositories,
            self.accounts,
            self.second_factors,
            self.links,
            self.sealer,
            self.clock,
            self.published_statements.finds_statement,
            names_caller=self._call_views.names_caller,
            private_allowed=self.settings.private_webhooks,
            hosts=self.settings.listed_webhook_hosts,
        )

    @cached_property
    def webhooks(self) -> Webhooks:
        return Webhooks(
            self.repositories,
            self.notification_outbox,
            self.sealer,
            self.second_factors,
            self.clock,
            private_allowed=self.settings.private_webhooks,
            hosts=self.settings.listed_webhook_hosts,
        )

    @cached_property
    def interaction_log(self) -> InteractionLog:
        lists = daily_allowance_of("lists", MAX_LISTS_A_DAY, self.counts, self.shared_state)
        return InteractionLog(self.store, self.repositories, self.opted_out, self.clock, lists)

    @cached_property
    def effects(self) -> Effects:
        return Effects(self.store, self.repositories, self.reader, self.opted_out)

    @cached_property
    def privacy(self) -> Privacy:
        return Privacy(
            self.store,
            self.repositories,
            self.accounts,
            self.second_factors,
            self.gatherings,
            self.opted_out,
            self.notifications.named_now,
            self.clock,
            keep_interactions=timedelta(days=self.settings.keep_interactions_days),
            keep_over=timedelta(days=self.settings.keep_over_days),
        )

    @cached_property
    def demo(self) -> Demo:
        return Demo(lambda: self.store, self.accounts)

    def warm(self) -> None:
        """Load snapshot and model before a fork, so that workers share their memory.

        Nothing is computed with the model and no store is opened. What cannot be
        loaded yet is left for later: the server still answers, and says so.
        """
        with suppress(SnapshotUnavailable):  # a node that has just joined fetches one
            self._prepare(self.reader.current())
            self.rankers.current()
            compile_all()  # there is something to be asked
        with suppress(ModelUnavailable):
            self.embedder()
            self.reranker()
        for language in languages():
            catalogue(language)
        _ = self.repositories
        # Collections in a worker would write to every shared page with objects on it.
        gc.collect()
        gc.freeze()

    def _prepare(self, snapshot: Snapshot, earlier: Snapshot | None = None) -> None:
        """Work out what all requests share; names are taken over from an earlier snapshot."""
        prepare(snapshot)
        prepare_names(snapshot, earlier)

    def keep_ready(self, taken_over: Callable[[Snapshot], object] = lambda _: None) -> None:
        """Without end: take each new snapshot over, when what requests share is worked out.

        `taken_over` is told of each. What every cluster is compared by, for which the first page
        of one would wait, is worked out beside that, and no snapshot waits for it. What is
        unavailable is left for whoever asks for it: they are told.
        A fault ends nothing here, as requests look for no new snapshot themselves any more.
        """
        prepared, audited, audits_due = None, None, time.monotonic()
        audits: threading.Thread | None = None
        registry = NodeRegistry(self.shared_state) if self.shared_state else None
        while True:
            began = time.thread_time()
            try:
                snapshot = self.reader.renew(partial(self._prepare, earlier=prepared))
                if registry is not None:
                    registry.announce_served(
                        self.settings.node_name, os.getpid(), snapshot.meta.version
                    )
                if snapshot is not prepared:
                    prepared = snapshot
                    taken_over(snapshot)
                is_due = snapshot is not audited and time.monotonic() >= audits_due
                if is_due and not (audits and audits.is_alive()):
                    audited = snapshot
                    audits = threading.Thread(target=self._prepare_audits, daemon=True)
                    audits.start()
                    audits_due = time.monotonic() + _BETWEEN_AUDITS_SECONDS
            except MatchmakerError:
                pass
            except Exception:
                log.exception("snapshot not renewed")
                time.sleep(_AFTER_FAULT_SECONDS)
            # Requests have at least half of a processor, however often something changes. By the
            # clock a busy machine would keep its old snapshot for longer still.
            time.sleep(max(1.0, time.thread_time() - began))

    def _prepare_audits(self) -> None:
        try:
            self.auditing.prepare()
        except MatchmakerError:
            pass  # whoever asks for it is told
        except Exception:
            log.exception("audits not made ready")


def wire(settings: Settings) -> Wiring:
    """The parts for these settings."""
    return Wiring(settings)
