"""From people in zones to visits wished by zone, segment, task and day type; who chooses which outlet."""
