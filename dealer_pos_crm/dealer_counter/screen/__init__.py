"""What the point of sale shows of a customer, and how they are found."""
