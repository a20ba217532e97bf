"""Consumer instances of the REST proxy, v2: made, subscribed, read from and committed over HTTP."""
