"""Where records are posted: the gateway's route to Kafka and its route to Kinesis."""
