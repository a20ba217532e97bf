"""A real browser, the pages that a person opens in it, and a page that attacks."""
