"""The Word reference document, made from code, and the last touches to a finished DOCX."""

from __future__ import annotations

import html
import io
import re
import subprocess
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

BLUE, TEAL, INK, GREY, RULE, TINT = "12395B", "0B6E75", "1F2A37", "56636F", "C4CFD8", "EEF4F7"
BANNER = "DATOS DE EJEMPLO, FICTICIOS: no describen ningún territorio real"
_STAMP = (2000, 1, 1, 0, 0, 0)
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
# Letter paper ("carta", the one used in Colombia), margins of 2.2 cm; twentieths of a point.
_SECTION = (
    '<w:sectPr><w:headerReference w:type="default" r:id="rIdGsi1"/>'
    '<w:footerReference w:type="default" r:id="rIdGsi2"/>'
    '<w:footnotePr><w:numRestart w:val="continuous"/></w:footnotePr>'
    '<w:pgSz w:w="12240" w:h="15840"/>'
    '<w:pgMar w:top="1417" w:right="1247" w:bottom="1304" w:left="1247" w:header="567"'
    ' w:footer="567" w:gutter="0"/></w:sectPr>'
)
_TEXT_WIDTH = 12240 - 2 * 1247


def reference(header: str, *, fictional: bool) -> bytes:
    """A reference.docx in the reports' style; same arguments, same bytes.

    ``header`` is the plain text at the top of every page; ``fictional`` puts the banner of the
    example data there too.
    """
    parts = dict(_pandoc_reference())
    parts["word/styles.xml"] = _styles().encode()
    parts["word/header1.xml"] = _header(header, fictional=fictional).encode()
    parts["word/footer1.xml"] = _footer().encode()
    _edit(parts, "word/document.xml", lambda xml: _document(xml))
    _edit(parts, "word/settings.xml", lambda xml: xml.replace('"en-US"', '"es-CO"'))
    _edit(parts, "word/_rels/document.xml.rels", _relationships)
    _edit(parts, "[Content_Types].xml", _content_types)
    return _write(parts)


def finish(path: Path) -> None:
    """Fill the table of contents of a DOCX by Pandoc, so that it reads before Word updates it."""
    parts = _read(path.read_bytes())
    _edit(parts, "word/document.xml", _filled_contents)
    path.write_bytes(_write(parts))


@cache
def _pandoc_reference() -> dict[str, bytes]:
    """The parts of the reference document that Pandoc itself carries."""
    import pypandoc

    command = [pypandoc.get_pandoc_path(), "--print-default-data-file", "reference.docx"]
    return _read(subprocess.run(command, capture_output=True, check=True).stdout)


def _read(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {item.filename: archive.read(item) for item in archive.infolist()}


def _write(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        # Word wants the content types first; the rest in a fixed order, without a clock.
        for name in sorted(parts, key=lambda key: (key != "[Content_Types].xml", key)):
            item = zipfile.ZipInfo(name, _STAMP)
            item.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(item, parts[name])
    return stream.getvalue()


def _edit(parts: dict[str, bytes], name: str, change: Callable[[str], str]) -> None:
    parts[name] = change(parts[name].decode("utf-8")).encode("utf-8")


def _document(xml: str) -> str:
    """The reference's own text is never copied; only its section is."""
    xml = re.sub(r"<w:sectPr>.*?</w:sectPr>", _SECTION, xml, flags=re.DOTALL)
    if "xmlns:r=" not in xml.split("<w:body", 1)[0]:
        xml = xml.replace("<w:document ", f'<w:document xmlns:r="{_R}" ', 1)
    return xml


def _relationships(xml: str) -> str:
    added = "".join(
        f'<Relationship Type="{_REL}/{kind}" Id="rIdGsi{number}" Target="{kind}1.xml" />'
        for number, kind in ((1, "header"), (2, "footer"))
    )
    return xml.replace("</Relationships>", f"{added}</Relationships>")


def _content_types(xml: str) -> str:
    added = "".join(
        f'<Override PartName="/word/{kind}1.xml" ContentType="{_TYPE}.{kind}+xml" />'
        for kind in ("header", "footer")
    )
    return xml.replace("</Types>", f"{added}</Types>")


def _part(tag: str, body: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<w:{tag} xmlns:w="{_W}" xmlns:r="{_R}">{body}</w:{tag}>'
    )


def _run(text: str, properties: str = "") -> str:
    return (
        f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{html.escape(text)}</w:t></w:r>'
    )


def _field(code: str) -> str:
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def _header(text: str, *, fictional: bool) -> str:
    banner = ""
    if fictional:
        banner = f'<w:p><w:pPr><w:pStyle w:val="Banda"/></w:pPr>{_run(BANNER)}</w:p>'
    line = f'<w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr>{_run(text)}</w:p>'
    return _part("hdr", banner + line)


def _footer() -> str:
    pages = _run("Página ") + _field("PAGE") + _run(" de ") + _field("NUMPAGES")
    return _part("ftr", f'<w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>{pages}</w:p>')


# Style sheet


def _size(points: float) -> str:
    half = round(points * 2)
    return f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>'


def _ink(colour: str, *, bold: bool = False, italic: bool = False) -> str:
    weight = "<w:b/><w:bCs/>" if bold else ""
    slant = "<w:i/><w:iCs/>" if italic else ""
    return f'{weight}{slant}<w:color w:val="{colour}"/>'


def _space(before: int, after: int, line: int = 0) -> str:
    height = f' w:line="{line}" w:lineRule="auto"' if line else ""
    return f'<w:spacing w:before="{before}" w:after="{after}"{height}/>'


def _paragraph(
    name: str,
    *,
    based: str = "Normal",
    ppr: str = "",
    rpr: str = "",
    following: str = "",
    identifier: str = "",
) -> str:
    key = identifier or name.replace(" ", "")
    parent = f'<w:basedOn w:val="{based}"/>' if based else ""
    then = f'<w:next w:val="{following}"/>' if following else ""
    default = ' w:default="1"' if key == "Normal" else ""
    return (
        f'<w:style w:type="paragraph"{default} w:styleId="{key}"><w:name w:val="{name}"/>'
        f"{parent}{then}<w:qFormat/><w:pPr>{ppr}</w:pPr><w:rPr>{rpr}</w:rPr></w:style>"
    )


def _character(name: str, identifier: str, rpr: str, *, default: bool = False) -> str:
    mark = ' w:default="1"' if default else ""
    return (
        f'<w:style w:type="character"{mark} w:styleId="{identifier}"><w:name w:val="{name}"/>'
        f"<w:rPr>{rpr}</w:rPr></w:style>"
    )


def _edge(side: str, colour: str, eighths: int, kind: str = "single") -> str:
    return f'<w:{side} w:val="{kind}" w:sz="{eighths}" w:space="0" w:color="{colour}"/>'


def _fill(colour: str) -> str:
    return f'<w:shd w:val="clear" w:color="auto" w:fill="{colour}"/>'


def _box(name: str, edge: str, fill: str, kind: str = "single") -> str:
    """A one-cell table style: the frame of a block of our own."""
    key = name.replace(" ", "")
    margins = '<w:top w:w="100" w:type="dxa"/><w:left w:w="200" w:type="dxa"/>'
    margins += '<w:bottom w:w="60" w:type="dxa"/><w:right w:w="160" w:type="dxa"/>'
    borders = _edge("left", edge, 36, kind)
    if kind == "dashed":
        borders = "".join(_edge(side, edge, 8, kind) for side in ("top", "left", "bottom", "right"))
    return (
        f'<w:style w:type="table" w:styleId="{key}"><w:name w:val="{name}"/>'
        '<w:basedOn w:val="TableNormal"/><w:qFormat/>'
        f"<w:tblPr><w:tblBorders>{borders}</w:tblBorders><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>"
        f"<w:tcPr>{_fill(fill)}</w:tcPr></w:style>"
    )


def _data_table() -> str:
    margins = "".join(
        f'<w:{side} w:w="{width}" w:type="dxa"/>'
        for side, width in (("top", 30), ("left", 70), ("bottom", 30), ("right", 70))
    )
    rules = _edge("top", BLUE, 8) + _edge("bottom", BLUE, 8) + _edge("insideH", RULE, 4)
    head = (
        f'<w:tblStylePr w:type="firstRow"><w:rPr>{_ink("FFFFFF", bold=True)}</w:rPr>'
        f'<w:tcPr>{_fill(BLUE)}<w:vAlign w:val="bottom"/></w:tcPr></w:tblStylePr>'
    )
    band = f'<w:tblStylePr w:type="band2Horz"><w:tcPr>{_fill(TINT)}</w:tcPr></w:tblStylePr>'
    return (
        '<w:style w:type="table" w:customStyle="1" w:styleId="Table"><w:name w:val="Table"/>'
        f'<w:basedOn w:val="TableNormal"/><w:qFormat/><w:pPr>{_space(0, 0, 240)}</w:pPr>'
        f'<w:rPr>{_size(9)}</w:rPr><w:tblPr><w:tblStyleRowBandSize w:val="1"/>'
        f"<w:tblBorders>{rules}</w:tblBorders><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>"
        f"<w:trPr><w:cantSplit/></w:trPr>{head}{band}</w:style>"
    )


def _headings() -> str:
    sizes = {1: 18.0, 2: 14.0, 3: 12.0, 4: 11.0, 5: 11.0, 6: 11.0, 7: 11.0, 8: 11.0, 9: 11.0}
    parts = []
    for level, size in sizes.items():
        rule = f"<w:pBdr>{_edge('bottom', TEAL, 8)}</w:pBdr>" if level == 1 else ""
        before = {1: 420, 2: 320}.get(level, 240)
        outline = f'<w:outlineLvl w:val="{level - 1}"/>'
        ppr = f"<w:keepNext/><w:keepLines/>{rule}{_space(before, 120)}{outline}"
        rpr = _ink(BLUE if level != 3 else TEAL, bold=True) + _size(size)
        parts.append(
            _paragraph(
                f"heading {level}",
                ppr=ppr,
                rpr=rpr,
                following="BodyText",
                identifier=f"Heading{level}",
            )
        )
    return "".join(parts)


def _contents_styles() -> str:
    tab = f'<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{_TEXT_WIDTH}"/></w:tabs>'
    head = _paragraph(
        "TOC Heading", ppr=f"<w:keepNext/>{_space(360, 120)}", rpr=_ink(BLUE, bold=True) + _size(14)
    )
    levels = "".join(
        _paragraph(
            f"toc {level}",
            ppr=f'{tab}{_space(0, 40)}<w:ind w:left="{240 * (level - 1)}"/>',
            rpr=_ink(INK, bold=level == 1),
            identifier=f"TOC{level}",
        )
        for level in (1, 2, 3)
    )
    return head + levels


def _styles() -> str:
    fonts = '<w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:cs="Calibri" w:eastAsia="Calibri"/>'
    # In the defaults: a style's own colour would win over the white of a table's heading row.
    fonts += f'<w:color w:val="{INK}"/>'
    language = '<w:lang w:val="es-CO" w:eastAsia="es-CO" w:bidi="ar-SA"/>'
    defaults = (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{fonts}{_size(10.5)}{language}</w:rPr></w:rPrDefault>"
        f"<w:pPrDefault><w:pPr>{_space(0, 0)}</w:pPr></w:pPrDefault></w:docDefaults>"
    )
    caption = f"<w:keepNext/>{_space(200, 80)}"
    rule_below = f"<w:pBdr>{_edge('bottom', RULE, 4)}</w:pBdr>"
    rule_above = f"<w:pBdr>{_edge('top', RULE, 4)}</w:pBdr>"
    paragraphs = [
        _paragraph("Normal", based=""),
        _paragraph("Body Text", ppr=_space(0, 140, 276)),
        _paragraph("First Paragraph", based="BodyText", following="BodyText"),
        _paragraph("Compact", based="Normal", ppr=_space(20, 20, 259)),
        _paragraph(
            "Title", ppr=f"<w:keepNext/>{_space(0, 60)}", rpr=_ink(BLUE, bold=True) + _size(28)
        ),
        _paragraph("Subtitle", ppr=f"<w:keepNext/>{_space(0, 60)}", rpr=_ink(TEAL) + _size(14)),
        _paragraph("Author", rpr=_ink(GREY)),
        _paragraph("Date", ppr=f"{rule_below}{_space(0, 240)}", rpr=_ink(GREY) + _size(10.5)),
        _headings(),
        _contents_styles(),
        _paragraph(
            "caption", ppr=caption, rpr=_ink(BLUE, bold=True) + _size(10), identifier="Caption"
        ),
        _paragraph("Table Caption", based="Caption"),
        _paragraph("Image Caption", based="Caption", ppr=_space(60, 240)),
        _paragraph("Figure", ppr=_space(160, 0)),
        _paragraph("Captioned Figure", based="Figure", ppr=f"<w:keepNext/>{_space(160, 0)}"),
        _paragraph(
            "Definition Term", ppr=f"<w:keepNext/>{_space(60, 0)}", rpr=_ink(BLUE, bold=True)
        ),
        _paragraph("Definition", ppr=f'{_space(0, 100)}<w:ind w:left="360"/>'),
        _paragraph("Block Text", ppr=f'{_space(60, 120)}<w:ind w:left="480"/>', rpr=_ink(GREY)),
        _paragraph("footnote text", ppr=_space(0, 40), rpr=_size(9), identifier="FootnoteText"),
        _paragraph("Source Code", ppr=f"{_fill(TINT)}{_space(60, 120)}", rpr=_size(9)),
        _paragraph(
            "header",
            ppr=f"{rule_below}{_space(0, 0)}",
            rpr=_ink(GREY) + _size(9),
            identifier="Header",
        ),
        _paragraph(
            "footer",
            ppr=f'{rule_above}{_space(0, 0)}<w:jc w:val="right"/>',
            rpr=_ink(GREY) + _size(9),
            identifier="Footer",
        ),
        _paragraph(
            "Banda",
            ppr=f'{_fill("FFE3AE")}{_space(0, 80)}<w:jc w:val="center"/>',
            rpr=_ink("5A3A00", bold=True) + _size(9),
        ),
        _paragraph("Separador", ppr=_space(0, 0), rpr=_size(6)),
    ]
    characters = [
        _character("Default Paragraph Font", "DefaultParagraphFont", "", default=True),
        _character("Hyperlink", "Hyperlink", f'<w:color w:val="{TEAL}"/>'),
        _character("footnote reference", "FootnoteReference", '<w:vertAlign w:val="superscript"/>'),
        _character(
            "Verbatim Char",
            "VerbatimChar",
            '<w:rFonts w:ascii="Consolas" w:hAnsi="Consolas" w:cs="Consolas"/>' + _size(9.5),
        ),
        _character("Section Number", "SectionNumber", ""),
    ]
    normal_table = (
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal">'
        '<w:name w:val="Normal Table"/>'
        '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style>'
    )
    boxes = [
        _box("Decision", BLUE, "E8F0F6"),
        _box("Hecho", TEAL, "EAF5F4"),
        _box("Aviso", "B26A00", "FFF6E5"),
        _box("SinDato", GREY, "FFFFFF", "dashed"),
        _box("Ejemplo", "B26A00", "FFE3AE"),
        _box("Recuadro", TEAL, "F5F7F9"),
    ]
    body = "".join([defaults, *paragraphs, *characters, normal_table, _data_table(), *boxes])
    return _part("styles", body)


# Table of contents

_HEADING = re.compile(r'<w:p><w:pPr><w:pStyle w:val="Heading(\d)" />.*?</w:p>', re.DOTALL)
_BOOKMARK = re.compile(r'<w:bookmarkStart w:id="\d+" w:name="([^"]*)" />\s*$')
_CONTENTS = re.compile(
    r"<w:p>(?:<w:pPr>(?:(?!</w:pPr>).)*</w:pPr>)?<w:r>"
    r'<w:fldChar w:fldCharType="begin" w:dirty="true" />'
    r'(<w:instrText xml:space="preserve">TOC \\o &quot;1-(\d)&quot;[^<]*</w:instrText>)'
    r'<w:fldChar w:fldCharType="separate" /><w:fldChar w:fldCharType="end" /></w:r></w:p>',
    re.DOTALL,
)


def _filled_contents(xml: str) -> str:
    field = _CONTENTS.search(xml)
    if field is None:
        return xml
    entries = []
    for heading in _HEADING.finditer(xml):
        level = int(heading[1])
        mark = _BOOKMARK.search(xml, 0, heading.start())
        text = "".join(re.findall(r"<w:t[^>]*>([^<]*)</w:t>", heading.group()))
        if level <= int(field[2]) and mark:
            entries.append((level, mark[1], text))
    opening = (
        f'<w:r><w:fldChar w:fldCharType="begin" w:dirty="true" /></w:r><w:r>{field[1]}</w:r>'
        '<w:r><w:fldChar w:fldCharType="separate" /></w:r>'
    )
    closing = '<w:p><w:r><w:fldChar w:fldCharType="end" /></w:r></w:p>'
    paragraphs: list[str] = []
    for level, name, text in entries:
        run = f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'
        link = f'<w:hyperlink w:anchor="{name}">{run}</w:hyperlink>'
        begin = "" if paragraphs else opening
        style = f'<w:pPr><w:pStyle w:val="TOC{level}" /></w:pPr>'
        paragraphs.append(f"<w:p>{style}{begin}{link}</w:p>")
    if not paragraphs:
        paragraphs = [f"<w:p>{opening}</w:p>"]
    return xml[: field.start()] + "".join(paragraphs) + closing + xml[field.end() :]
