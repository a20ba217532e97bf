"""The streaming queries of a notebook: started, tracked, awaited."""
