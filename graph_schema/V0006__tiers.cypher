// What was added over pages and API was said by a person. Everything else counts as imported.
MATCH (o:Organization {source_name: 'api'}) WHERE o.source_tier IS NULL SET o.source_tier = 'confirmed';
