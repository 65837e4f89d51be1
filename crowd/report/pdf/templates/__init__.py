"""What the PDF looks like, in Typst: `report.typ` puts the others together."""
