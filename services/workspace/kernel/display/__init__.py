"""`display()`: tables, figures and HTML, sent to the reader of the notebook."""
