-- The embedded store. Columns carry the names of the domain's fields; rows.py maps them.

CREATE TABLE graph (
    one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL, identity TEXT NOT NULL
) STRICT;
INSERT INTO graph VALUES (1, 0, lower(hex(randomblob(16))));

CREATE TABLE places (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, level TEXT NOT NULL, name_en TEXT NOT NULL,
    parent TEXT REFERENCES places (id) DEFERRABLE INITIALLY DEFERRED,
    country TEXT NOT NULL, latitude REAL, longitude REAL
) STRICT, WITHOUT ROWID;
CREATE INDEX places_by_parent ON places (parent);

CREATE TABLE industries (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, name_en TEXT NOT NULL,
    parent TEXT REFERENCES industries (id) DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;
CREATE INDEX industries_by_parent ON industries (parent);

CREATE TABLE organizations (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, kind TEXT NOT NULL,
    name_en TEXT NOT NULL, size TEXT, tier TEXT,
    place TEXT REFERENCES places (id) DEFERRABLE INITIALLY DEFERRED,
    industry TEXT REFERENCES industries (id) DEFERRABLE INITIALLY DEFERRED,
    country TEXT NOT NULL, stages TEXT NOT NULL, credit_code TEXT NOT NULL, vat TEXT NOT NULL,
    website TEXT NOT NULL, contact TEXT NOT NULL, capacity INTEGER, listed INTEGER NOT NULL,
    founded TEXT, provenance_source TEXT NOT NULL, provenance_record TEXT NOT NULL,
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX organizations_by_place ON organizations (place);
CREATE INDEX organizations_by_industry ON organizations (industry);

CREATE TABLE aliases (
    id TEXT PRIMARY KEY,
    organization TEXT NOT NULL REFERENCES organizations (id) DEFERRABLE INITIALLY DEFERRED,
    reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE duplicates (
    first TEXT NOT NULL REFERENCES organizations (id) DEFERRABLE INITIALLY DEFERRED,
    second TEXT NOT NULL REFERENCES organizations (id) DEFERRABLE INITIALLY DEFERRED,
    score REAL NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (first, second)
) STRICT, WITHOUT ROWID;

CREATE TABLE clusters (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, name_en TEXT NOT NULL,
    place TEXT REFERENCES places (id) DEFERRABLE INITIALLY DEFERRED,
    industry TEXT REFERENCES industries (id) DEFERRABLE INITIALLY DEFERRED,
    level TEXT NOT NULL, batch INTEGER,
    provenance_source TEXT NOT NULL, provenance_record TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE memberships (
    cluster TEXT NOT NULL REFERENCES clusters (id) DEFERRABLE INITIALLY DEFERRED,
    organization TEXT NOT NULL REFERENCES organizations (id) DEFERRABLE INITIALLY DEFERRED,
    since TEXT, until TEXT, provenance_source TEXT NOT NULL, provenance_record TEXT NOT NULL,
    PRIMARY KEY (cluster, organization)
) STRICT, WITHOUT ROWID;
CREATE INDEX memberships_by_organization ON memberships (organization);

CREATE TABLE descriptions (
    id TEXT PRIMARY KEY,
    organization TEXT NOT NULL REFERENCES organizations (id) DEFERRABLE INITIALLY DEFERRED,
    text TEXT NOT NULL, language TEXT NOT NULL, date TEXT, date_estimated INTEGER NOT NULL,
    provenance_source TEXT NOT NULL, provenance_record TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX descriptions_by_organization ON descriptions (organization);

CREATE TABLE offers (
    id TEXT PRIMARY KEY,
    organization TEXT NOT NULL REFERENCES organizations (id) DEFERRABLE INITIALLY DEFERRED,
    kind TEXT NOT NULL, text TEXT NOT NULL, language TEXT NOT NULL, terms TEXT NOT NULL,
    slots INTEGER, stages TEXT NOT NULL, date TEXT, active INTEGER NOT NULL,
    provenance_source TEXT NOT NULL, provenance_record TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX offers_by_organization ON offers (organization);

CREATE TABLE needs (
    id TEXT PRIMARY KEY,
    organization TEXT NOT NULL REFERENCES organizations (id) DEFERRABLE INITIALLY DEFERRED,
    goal TEXT NOT NULL, text TEXT NOT NULL, language TEXT NOT NULL, quantity TEXT NOT NULL,
    budget REAL, currency TEXT NOT NULL, deadline TEXT, stages TEXT NOT NULL, date TEXT,
    state TEXT NOT NULL, provenance_source TEXT NOT NULL, provenance_record TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX needs_by_organization ON needs (organization);

CREATE TABLE engagements (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL,
    language TEXT NOT NULL, date TEXT, until TEXT, date_estimated INTEGER NOT NULL,
    programme TEXT NOT NULL, topic TEXT NOT NULL, amount REAL, currency TEXT NOT NULL,
    provenance_source TEXT NOT NULL, provenance_record TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE participants (
    engagement TEXT NOT NULL REFERENCES engagements (id) DEFERRABLE INITIALLY DEFERRED,
    position INTEGER NOT NULL,
    organization TEXT NOT NULL REFERENCES organizations (id) DEFERRABLE INITIALLY DEFERRED,
    role TEXT NOT NULL, amount REAL,
    PRIMARY KEY (engagement, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX participants_by_organization ON participants (organization, engagement);

CREATE TABLE ties (
    id TEXT PRIMARY KEY,
    source TEXT NOT NULL REFERENCES organizations (id) DEFERRABLE INITIALLY DEFERRED,
    target TEXT NOT NULL REFERENCES organizations (id) DEFERRABLE INITIALLY DEFERRED,
    layer TEXT NOT NULL, since TEXT, until TEXT, date_estimated INTEGER NOT NULL,
    weight REAL NOT NULL, note TEXT NOT NULL,
    provenance_source TEXT NOT NULL, provenance_record TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ties_by_source ON ties (source);
CREATE INDEX ties_by_target ON ties (target);

CREATE TABLE observations (
    id TEXT PRIMARY KEY, subject TEXT NOT NULL, indicator TEXT NOT NULL, year INTEGER NOT NULL,
    value REAL NOT NULL, unit TEXT NOT NULL,
    provenance_source TEXT NOT NULL, provenance_record TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX observations_by_subject ON observations (subject);

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

CREATE VIEW statement_owners (statement, organization) AS
    SELECT id, organization FROM descriptions
    UNION ALL SELECT id, organization FROM offers
    UNION ALL SELECT id, organization FROM needs
    UNION ALL SELECT engagement, organization FROM participants;
