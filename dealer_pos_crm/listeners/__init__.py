"""What we hear of ERPNext's documents: one module per doctype. Guard, translate, hand on."""
