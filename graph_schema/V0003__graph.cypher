// The one node whose version counts changes and whose lock makes writers wait for each other.
MERGE (g:Graph {id: 'graph'}) ON CREATE SET g.version = 0;
