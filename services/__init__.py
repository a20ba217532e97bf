"""One package per running process or command; each is a room that can be read alone."""
