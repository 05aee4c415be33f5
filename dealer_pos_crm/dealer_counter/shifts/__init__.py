"""Which money belongs to a shift, what must be in the drawer, and how the shift is closed."""
