"""The streaming queries of a notebook: started, shown, awaited."""
