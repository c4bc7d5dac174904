"""The ports of a store: what the rest of Matchmaker may ask, and its answers; no Cypher, no SQL.

One contract suite (`tests/contract`) runs every method on both adapters.
"""

from matchmaker.store.answers import MAX_PAGE as MAX_PAGE
from matchmaker.store.answers import MAX_PATH_LENGTH as MAX_PATH_LENGTH
from matchmaker.store.answers import DuplicateKeys as DuplicateKeys
from matchmaker.store.answers import Export as Export
from matchmaker.store.answers import GraphState as GraphState
from matchmaker.store.answers import NearestStatement as NearestStatement
from matchmaker.store.answers import Page as Page
from matchmaker.store.answers import RowChanges as RowChanges
from matchmaker.store.answers import SearchHit as SearchHit
from matchmaker.store.answers import SeekerProfile as SeekerProfile
from matchmaker.store.answers import StoreStatus as StoreStatus
from matchmaker.store.answers import UpsertCounts as UpsertCounts
from matchmaker.store.answers import iterate as iterate
from matchmaker.store.graph_store import GraphStore as GraphStore
from matchmaker.store.upsert import MergeRules as MergeRules
