"""An audit as a document: PDF, workbook, and the tables that the command line prints."""
