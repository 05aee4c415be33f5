"""What the screens call: typed, permission first, thin."""
