"""Consumer instances of the REST proxy, v2: created, subscribed, read from and committed over HTTP."""
