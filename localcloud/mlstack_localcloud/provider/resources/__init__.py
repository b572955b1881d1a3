"""The resource types, a package a Pulumi module, a file a type."""
