"""Parameters from logs: arrivals, services, patience, no-shows, and what held-out days say of them."""
