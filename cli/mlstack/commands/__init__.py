"""The commands of mlstack, one a file: the tree is the command tree."""
