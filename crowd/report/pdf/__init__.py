"""The weekly report as a PDF: one page for whoever decides, then a page for each regency, tables and method."""

from crowd.report.pdf.write import write_pdf

__all__ = ["write_pdf"]
