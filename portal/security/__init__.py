"""Who may come in, how they prove it, and what is kept from everybody else."""
