"""Resource types of EC2 that the official provider has in its module `vpc`: one a file, pure data."""
