"""The report as a document: composed once, written as Word file or PDF."""
