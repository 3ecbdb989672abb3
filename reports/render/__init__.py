"""Lays out HTML as PDF: fonts bundled, nothing fetched, the same bytes for the same input."""

from reports.render.layout import Asset, Attachment, LayoutFault, Metadata, MissingGlyph, pdf
from reports.render.typefaces import MissingFont, printable

__all__ = ["Asset", "Attachment", "LayoutFault", "Metadata", "MissingFont", "MissingGlyph", "pdf", "printable"]
