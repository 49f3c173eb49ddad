"""Which outlets stand where, in which format and with how many servers."""
