"""The local cloud: an AWS-compatible server on 127.0.0.1 and the Pulumi provider that provisions on it."""
