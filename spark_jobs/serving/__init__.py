"""The serving layer: the course's questions, asked of the batch layer, the speed layer, or both."""
