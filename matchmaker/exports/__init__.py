"""Tables and graphs as files: CSV, XLSX, JSON, GraphML and GEXF. Pure: rows in, bytes out."""
