"""What an environment would consist of, told without a cloud: the tree, and what is worth a look."""
