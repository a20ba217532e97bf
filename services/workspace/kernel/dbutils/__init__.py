"""`dbutils`: fs, widgets, notebook, jobs.taskValues, secrets, a module for each."""
