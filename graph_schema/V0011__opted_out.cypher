// Who opted out is looked up with every search and list of others.
// Oldest program: V0010
CREATE INDEX organization_listed IF NOT EXISTS FOR (n:Organization) ON (n.listed);
