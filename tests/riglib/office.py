"""Office documents with macros, as small as they get."""
import io
import zipfile

NAMESPACE = "http://schemas.openxmlformats.org/package/2006/"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
MICROSOFT = "http://schemas.microsoft.com/office/2006/relationships/"
TYPES = f"""<?xml version="1.0"?>
<Types xmlns="{NAMESPACE}content-types">
<Default Extension="rels" ContentType="application/xml"/>
<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>
<Override PartName="/word/document.xml" ContentType="application/vnd.ms-word.\
document.macroEnabled.main+xml"/>
<Override PartName="/word/activeX/activeX1.xml" ContentType="application/\
vnd.ms-office.activeX+xml"/></Types>"""
WORKBOOK_TYPES = f"""<?xml version="1.0"?>
<Types xmlns="{NAMESPACE}content-types">
<Default Extension="rels" ContentType="application/xml"/>
<Default Extension="bin" ContentType="application/%s"/>
<Override PartName="/xl/workbook.xml" ContentType="application/vnd.\
openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"""
DOCUMENT = f"<document xmlns:r='{OFFICE[:-1]}'><p>text</p>%s</document>"
CONTROL = "<object><control r:id='rId1'/></object>"


def relations(*rows):
    """(type, target)..."""
    return (f'<Relationships xmlns="{NAMESPACE}relationships">' + "".join(
        f'<Relationship Id="rId{i}" Type="{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(rows)) + "</Relationships>")


def _package(members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data,
                             zipfile.ZIP_DEFLATED)
    return file.getvalue()


def docm(project=b"a project", text=DOCUMENT):
    """A Word document with a macro project and a control."""
    return _package({
        "[Content_Types].xml": TYPES,
        "_rels/.rels": relations(
            (OFFICE + "officeDocument", "word/document.xml")),
        "word/document.xml": text % CONTROL,
        "word/_rels/document.xml.rels": relations(
            (MICROSOFT + "vbaProject", "vbaProject.bin"),
            (OFFICE + "control", "activeX/activeX1.xml")),
        "word/vbaProject.bin": project,
        "word/activeX/activeX1.xml": "<ocx/>",
        "word/activeX/_rels/activeX1.xml.rels": relations(
            (MICROSOFT + "activeXControlBinary", "activeX1.bin")),
        "word/activeX/activeX1.bin": b"a control"})


def xlsx(project=None):
    """A workbook, with a macro object if one is given: nothing but what is
    inside tells that."""
    rows = [] if project is None else [
        (MICROSOFT + "vbaProject", "vbaProject.bin")]
    binary = "octet-stream" if project is None else "vnd.ms-office.vbaProject"
    members = {
        "[Content_Types].xml": WORKBOOK_TYPES % binary,
        "_rels/.rels": relations(
            (OFFICE + "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": "<workbook/>",
        "xl/_rels/workbook.xml.rels": relations(*rows)}
    if project is not None:
        members["xl/vbaProject.bin"] = project
    return _package(members)
