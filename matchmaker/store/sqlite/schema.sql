-- The embedded store beside the tables of `store.schema`, which rows.py makes.

CREATE TABLE graph (
    one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL, identity TEXT NOT NULL
) STRICT;
INSERT INTO graph VALUES (1, 0, lower(hex(randomblob(16))));

CREATE TABLE participants (
    engagement TEXT NOT NULL REFERENCES engagements (id) DEFERRABLE INITIALLY DEFERRED,
    position INTEGER NOT NULL,
    organization TEXT NOT NULL REFERENCES organizations (id) DEFERRABLE INITIALLY DEFERRED,
    role TEXT NOT NULL, amount REAL,
    PRIMARY KEY (engagement, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX participants_by_organization ON participants (organization, engagement);

-- Any text that speaks for an organisation, in one place for full text and vectors.
CREATE TABLE statements (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, text TEXT NOT NULL,
    language TEXT NOT NULL, date TEXT, revision TEXT, embedding BLOB
) STRICT;

CREATE VIRTUAL TABLE statement_terms USING fts5 (
    terms, detail = full, tokenize = "unicode61 remove_diacritics 0"
);
CREATE VIRTUAL TABLE organization_terms USING fts5 (
    terms, detail = full, tokenize = "unicode61 remove_diacritics 0"
);
