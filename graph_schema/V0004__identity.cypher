// A name of its own for every graph: a snapshot of another one is told apart by it.
MATCH (g:Graph {id: 'graph'}) WHERE g.identity IS NULL SET g.identity = randomUUID();
