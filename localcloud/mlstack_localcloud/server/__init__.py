"""The server of the local cloud: the gateway, the common services and SageMaker."""
