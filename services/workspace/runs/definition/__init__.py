"""What a run is asked to do, checked: tasks, dependencies, clusters."""
