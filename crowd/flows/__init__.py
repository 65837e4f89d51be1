"""Counts of phones that went from one area to another, as operators deliver them."""
