"""The two layers of the Lambda architecture that records are sent to."""

from enum import StrEnum


class Layer(StrEnum):
    """Batch is fed by Kafka, speed by Kinesis; its name is the folder of its journals."""

    BATCH = "batch"
    SPEED = "speed"
