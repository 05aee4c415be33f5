"""Money given back at the counter: traced to what it came from, with a reason and a second person."""
