"""What a week was like, per administrative area: the numbers that policy staff publish."""
