"""When things run: Prefect flows and their schedules."""
