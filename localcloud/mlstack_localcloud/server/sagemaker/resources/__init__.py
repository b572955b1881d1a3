"""The resources of SageMaker: one file each, with its operations and its state machine."""
