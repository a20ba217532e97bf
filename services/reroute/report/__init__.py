"""What a run is told of itself when it is over: why it posted nothing, whose topics it posted to."""
