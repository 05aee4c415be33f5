"""A second person's yes at the counter: by PIN, or by logging in."""
