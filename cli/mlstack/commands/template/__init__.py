"""`mlstack template`: what there is to make projects from."""
