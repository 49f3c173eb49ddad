"""``model.visits.Outcome`` as plain numbers, which a compiled function takes as constants."""

INSIDE = -1
"""Still waiting or being served."""
SERVED, ABANDONED, UNRESOLVED, SENT_AWAY, GOES_ON, BALKED, RETURNS, NO_ROOM = 0, 1, 2, 3, 6, 7, 8, 9
