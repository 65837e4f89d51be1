"""What is computed: counts, density, baseline, gatherings, targets."""
