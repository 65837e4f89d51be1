"""What analysts look at: hours, hexagons, gatherings, areas and cells, with nothing under k devices in it."""
