"""Libraries of a user's process, led from the rented clouds to the local one: a module a library."""
