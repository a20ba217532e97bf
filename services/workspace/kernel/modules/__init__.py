"""Notebooks imported as modules: `from clean_pins import clean` beside `clean_pins.ipynb`."""
