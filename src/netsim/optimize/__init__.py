"""Mathematical programs: where outlets stand and when staff work."""
