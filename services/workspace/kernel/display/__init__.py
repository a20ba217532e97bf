"""`display()`: tables, figures, HTML and streams, published below the cell."""
