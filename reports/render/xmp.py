"""Writes a document's XMP metadata: what it is, to which standards it keeps, and the invoice inside.

Validators read the first ``rdf:RDF`` only, so everything stands in one.
"""

from __future__ import annotations

from xml.sax.saxutils import escape

_HEAD = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
)
_FOOT = '</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end="r"?>'

_BASICS = """<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance><pdfuaid:part>1</pdfuaid:part>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<pdf:Producer>{producer}</pdf:Producer><xmp:CreatorTool>{generator}</xmp:CreatorTool>
<xmp:CreateDate>{created}</xmp:CreateDate><xmp:ModifyDate>{created}</xmp:ModifyDate>
</rdf:Description>
"""
_INVOICE = """<rdf:Description rdf:about="" xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#">
<fx:DocumentType>INVOICE</fx:DocumentType><fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>
<fx:Version>1.0</fx:Version><fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>
</rdf:Description>
"""
_SCHEMAS = """<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag>{schemas}</rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""
_SCHEMA = """
<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>{name}</pdfaSchema:schema>
<pdfaSchema:namespaceURI>{uri}</pdfaSchema:namespaceURI><pdfaSchema:prefix>{prefix}</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property></rdf:li>"""
_PROPERTY = """
<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{name}</pdfaProperty:name>
<pdfaProperty:valueType>{type}</pdfaProperty:valueType><pdfaProperty:category>{category}</pdfaProperty:category>
<pdfaProperty:description>{description}</pdfaProperty:description></rdf:li>"""
_UA = ("PDF/UA identification schema", "http://www.aiim.org/pdfua/ns/id/", "pdfuaid", (
    ("part", "Integer", "internal", "part of ISO 14289 the document keeps to"),
))
_FX = ("Factur-X PDFA Extension Schema", "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#", "fx", (
    ("DocumentFileName", "Text", "external", "name of the embedded XML invoice file"),
    ("DocumentType", "Text", "external", "INVOICE"),
    ("Version", "Text", "external", "version of the Factur-X XML schema"),
    ("ConformanceLevel", "Text", "external", "conformance level of the embedded Factur-X data"),
))


def packet(
    *, title: str, author: str, subject: str, language: str, created: str, producer: str, generator: str, invoice: bool,
) -> bytes:
    """The whole packet for PDF/A-3a and PDF/UA-1; with ``invoice`` also Factur-X's properties."""
    basics = _BASICS.format(
        title=escape(title), author=escape(author), subject=escape(subject), language=escape(language),
        created=created, producer=escape(producer), generator=escape(generator),
    )
    schemas = "".join(_schema(*schema) for schema in ((_UA, _FX) if invoice else (_UA,)))
    body = basics + (_INVOICE if invoice else "") + _SCHEMAS.format(schemas=schemas)
    return (_HEAD + body + _FOOT).encode()


def _schema(name: str, uri: str, prefix: str, properties: tuple[tuple[str, str, str, str], ...]) -> str:
    written = "".join(
        _PROPERTY.format(name=one, type=kind, category=category, description=description)
        for one, kind, category, description in properties
    )
    return _SCHEMA.format(name=name, uri=uri, prefix=prefix, properties=written)
