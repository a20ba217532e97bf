"""What a record is, and what became of it: journals, outcomes, the APIs' answers. Formats only, no client."""
