"""The weekly mobility report as files: pages to read, sheets to work with, tables to publish."""
