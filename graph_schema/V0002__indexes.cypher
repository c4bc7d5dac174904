// `search_terms` holds normalised words and Chinese bigrams, so traditional and simplified meet.
CREATE FULLTEXT INDEX statement_text IF NOT EXISTS FOR (n:Statement) ON EACH [n.search_terms]
OPTIONS {indexConfig: {`fulltext.analyzer`: 'cjk'}};
CREATE FULLTEXT INDEX organization_name IF NOT EXISTS FOR (n:Organization) ON EACH [n.search_terms]
OPTIONS {indexConfig: {`fulltext.analyzer`: 'cjk'}};
// 384 is the dimension of the default model, the adapter makes the index anew for another one.
CREATE VECTOR INDEX statement_vector IF NOT EXISTS FOR (n:Statement) ON (n.embedding)
OPTIONS {indexConfig: {`vector.dimensions`: 384, `vector.similarity_function`: 'cosine'}};
