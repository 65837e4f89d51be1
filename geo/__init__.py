"""Where things are: cell plans, footprints, hexagons and areas. Knows nothing of crowds."""
