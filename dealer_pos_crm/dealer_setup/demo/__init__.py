"""Summit Motors on a real site: a dealership that a person can look at, made by the product's own actions."""
