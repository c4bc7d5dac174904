// What changed since a version: of each row the version that changed it last, complete for all
// versions that have a stamp.
CREATE CONSTRAINT changed_row_id IF NOT EXISTS FOR (n:ChangedRow) REQUIRE n.id IS UNIQUE;
CREATE INDEX changed_row_version IF NOT EXISTS FOR (n:ChangedRow) ON (n.version);
CREATE CONSTRAINT graph_version_id IF NOT EXISTS FOR (n:GraphVersion) REQUIRE n.id IS UNIQUE;
