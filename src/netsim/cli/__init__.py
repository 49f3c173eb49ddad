"""The command line: a verb reads arguments, calls one function and gives one answer."""
