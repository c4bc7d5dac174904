// Documents beside the graph (accounts, introductions, notices, events) and the log of changes.
CREATE CONSTRAINT record_id IF NOT EXISTS FOR (n:Record) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT record_key_id IF NOT EXISTS FOR (n:RecordKey) REQUIRE n.id IS UNIQUE;
CREATE INDEX record_key_name IF NOT EXISTS FOR (n:RecordKey) ON (n.name);
CREATE CONSTRAINT log_entry_number IF NOT EXISTS FOR (n:LogEntry) REQUIRE n.number IS UNIQUE;
CREATE CONSTRAINT log_head_id IF NOT EXISTS FOR (n:LogHead) REQUIRE n.id IS UNIQUE;
CREATE INDEX log_entry_subject IF NOT EXISTS FOR (n:LogEntry) ON (n.subject);
