"""Maps: layers in and out, zones, spreading of people, roads, travel times, sites."""
