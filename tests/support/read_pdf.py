"""The PDF of a week, read back as text."""

import pypdfium2

from crowd.report.options import ReportOptions
from crowd.report.pdf import write_pdf


def texts(path):
    """The text of each page, on one line."""
    with pypdfium2.PdfDocument(path) as document:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]


def pages_of(week, outlines, folder, language="en", options=None):
    """The same of a week that is written first."""
    output = folder / "week.pdf"
    write_pdf(week, language=language, outlines=outlines, options=options or ReportOptions(), output=output)
    return texts(output)
