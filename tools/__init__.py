"""What stands behind the Makefile. Standard library only: it runs before anything is installed."""
