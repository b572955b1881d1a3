"""The local cloud's CodeBuild: projects, and builds whose commands really run."""
