"""Resource types of CodeBuild: one a file, pure data."""
