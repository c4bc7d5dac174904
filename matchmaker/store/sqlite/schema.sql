-- The embedded store beside the tables of `store.schema`, which connection.py makes. Run at every
-- `prepare`, so everything is made only where it is missing.

CREATE TABLE IF NOT EXISTS graph (
    one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL, identity TEXT NOT NULL
) STRICT;
INSERT OR IGNORE INTO graph VALUES (1, 0, lower(hex(randomblob(16))));

-- Which restore all this is of, by a name that no other has.
CREATE TABLE IF NOT EXISTS restored (
    one INTEGER PRIMARY KEY CHECK (one = 1), name TEXT NOT NULL
) STRICT;

-- What changed since a version: of each row the version that changed it last. Complete for all
-- versions that have a stamp.
CREATE TABLE IF NOT EXISTS changed_rows (
    name TEXT NOT NULL, first TEXT NOT NULL, second TEXT NOT NULL, version INTEGER NOT NULL,
    PRIMARY KEY (name, first, second)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS changed_rows_by_version ON changed_rows (version);
CREATE TABLE IF NOT EXISTS graph_versions (
    version INTEGER PRIMARY KEY, stamp TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS participants (
    engagement TEXT NOT NULL REFERENCES engagements (id) DEFERRABLE INITIALLY DEFERRED,
    position INTEGER NOT NULL,
    organization TEXT NOT NULL REFERENCES organizations (id) DEFERRABLE INITIALLY DEFERRED,
    role TEXT NOT NULL, amount REAL, ended INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (engagement, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS participants_by_organization ON participants (organization, engagement);

-- Any text that speaks for an organisation, in one place for full text and vectors.
CREATE TABLE IF NOT EXISTS statements (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, text TEXT NOT NULL,
    language TEXT NOT NULL, date TEXT, revision TEXT, embedding BLOB
) STRICT;

CREATE VIRTUAL TABLE IF NOT EXISTS statement_terms USING fts5 (
    terms, detail = full, tokenize = "unicode61 remove_diacritics 0"
);
CREATE VIRTUAL TABLE IF NOT EXISTS organization_terms USING fts5 (
    terms, detail = full, tokenize = "unicode61 remove_diacritics 0"
);

-- What is decided and agreed beside the graph: versioned documents, the keys they are found
-- by, and a log that is only ever added to.

CREATE TABLE IF NOT EXISTS records (
    kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS record_keys (
    kind TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, id TEXT NOT NULL,
    PRIMARY KEY (kind, name, value, id),
    FOREIGN KEY (kind, id) REFERENCES records (kind, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS record_keys_by_record ON record_keys (kind, id);

CREATE TABLE IF NOT EXISTS log (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
    subject TEXT NOT NULL, detail TEXT NOT NULL, digest TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS log_by_subject ON log (subject, number);
CREATE TRIGGER IF NOT EXISTS log_is_not_changed BEFORE UPDATE ON log
BEGIN SELECT raise(ABORT, 'the log is only added to'); END;
CREATE TRIGGER IF NOT EXISTS log_is_not_shortened BEFORE DELETE ON log
BEGIN SELECT raise(ABORT, 'the log is only added to'); END;
