"""Say which extensions fit which kind of file: a tie-breaker between texts, and a fact worth keeping."""

from __future__ import annotations

from typing import Final

_OFFICE: Final = "application/vnd.openxmlformats-officedocument."

EXTENSIONS: Final[dict[str, str]] = {
    "application/epub+zip": "epub",
    "application/gzip": "gz tgz svgz",
    "application/json": "json geojson ipynb map webmanifest",
    "application/mbox": "mbox mbx mmdf eml txt",
    "application/msword": "doc dot wps wpt",
    "application/vnd.apple.iwork": "pages numbers key zip",
    "application/x-fictionbook+xml": "fb2 xml",
    "application/x-har": "har json",
    "application/hwp+zip": "hwpx",
    "application/x-hwp": "hwp hwt",
    "application/onenote": "one onetoc2",
    "application/pdf": "pdf ai",
    "application/pkcs7-mime": "p7m p7s p7b p7c p7z p7",
    "application/rtf": "rtf",
    "application/sql": "sql dump bak txt psql",
    "application/vnd.ms-cab-compressed": "cab msu",
    "application/vnd.ms-excel": "xls xlt xla xlm et ett",
    "application/vnd.ms-excel.sheet.binary.macroenabled.12": "xlsb",
    "application/vnd.ms-excel.sheet.macroenabled.12": "xlsm",
    "application/vnd.ms-excel.template.macroenabled.12": "xltm",
    "application/vnd.ms-outlook": "msg oft",
    "application/vnd.ms-outlook-pst": "pst ost",
    "application/vnd.ms-tnef": "tnef",
    "application/vnd.ms-powerpoint": "ppt pps pot dps dpt",
    "application/vnd.ms-powerpoint.presentation.macroenabled.12": "pptm",
    "application/vnd.ms-powerpoint.slideshow.macroenabled.12": "ppsm",
    "application/vnd.ms-powerpoint.template.macroenabled.12": "potm",
    "application/vnd.ms-visio.drawing": "vsdx",
    "application/vnd.ms-word.document.macroenabled.12": "docm",
    "application/vnd.ms-word.template.macroenabled.12": "dotm",
    **{
        f"application/vnd.oasis.opendocument.{kind}": extensions
        for kind, extensions in (
            ("base", "odb"),
            ("chart", "odc otc"),
            ("chart-template", "otc odc"),
            ("database", "odb"),
            ("formula", "odf otf"),
            ("formula-template", "otf odf"),
            ("graphics", "odg otg"),
            ("graphics-flat-xml", "fodg xml"),
            ("graphics-template", "otg odg"),
            ("image", "odi oti"),
            ("image-template", "oti odi"),
            ("part", "xml"),
            ("presentation", "odp otp"),
            ("presentation-flat-xml", "fodp xml"),
            ("presentation-template", "otp odp"),
            ("spreadsheet", "ods ots"),
            ("spreadsheet-flat-xml", "fods xml"),
            ("spreadsheet-template", "ots ods"),
            ("text", "odt ott"),
            ("text-flat-xml", "fodt xml"),
            ("text-master", "odm"),
            ("text-master-template", "otm odm"),
            ("text-template", "ott odt"),
            ("text-web", "oth"),
        )
    },
    "application/vnd.sun.xml.base": "odb",
    "application/vnd.sun.xml.calc": "sxc stc",
    "application/vnd.sun.xml.calc.template": "stc sxc",
    "application/vnd.sun.xml.draw": "sxd std",
    "application/vnd.sun.xml.draw.template": "std sxd",
    "application/vnd.sun.xml.impress": "sxi sti",
    "application/vnd.sun.xml.impress.template": "sti sxi",
    "application/vnd.sun.xml.math": "sxm",
    "application/vnd.sun.xml.writer": "sxw stw",
    "application/vnd.sun.xml.writer.global": "sxg",
    "application/vnd.sun.xml.writer.template": "stw sxw",
    f"{_OFFICE}presentationml.presentation": "pptx",
    f"{_OFFICE}presentationml.slideshow": "ppsx",
    f"{_OFFICE}presentationml.template": "potx",
    f"{_OFFICE}spreadsheetml.sheet": "xlsx",
    f"{_OFFICE}spreadsheetml.template": "xltx",
    f"{_OFFICE}wordprocessingml.document": "docx",
    f"{_OFFICE}wordprocessingml.template": "dotx",
    "application/vnd.debian.binary-package": "deb udeb",
    "application/vnd.rar": "rar cbr",
    "application/vnd.sqlite3": "db sqlite sqlite3 db3",
    "application/x-7z-compressed": "7z cb7",
    "application/x-archive": "a ar lib",
    "application/x-compress": "z taz",
    "application/x-cpio": "cpio",
    "application/x-iso9660-image": "iso img",
    "application/x-lz4": "lz4",
    "application/x-lzip": "lz tlz",
    "application/x-lzma": "lzma tlz",
    "application/x-lzh-compressed": "lzh lha",
    "application/x-ewf": "e01 ex01 l01 s01",
    "application/x-ms-wim": "wim swm esd",
    "application/x-part-of-set": "z01",
    "application/x-qemu-disk": "qcow qcow2",
    "application/x-raw-disk-image": "img dd raw ima iso",
    "application/x-udf-image": "udf iso img",
    "application/x-vhd": "vhd",
    "application/x-vhdx": "vhdx",
    "application/x-virtualbox-vdi": "vdi",
    "application/x-vmdk": "vmdk",
    "application/x-rpm": "rpm",
    "application/x-xar": "xar pkg",
    "application/x-bzip2": "bz2 tbz tbz2",
    "application/warc": "warc gz",
    "application/x-internet-archive": "arc gz",
    "application/x-bplist": "plist webarchive strings nib",
    "application/x-mimearchive": "mht mhtml eml",
    "application/x-ms-shortcut": "lnk",
    "application/x-mswinurl": "url website txt",
    "application/x-desktop": "desktop directory txt",
    "application/x-webloc": "webloc xml plist",
    "application/x-dbf": "dbf",
    "application/x-dbf-memo": "dbt fpt",
    "application/x-msaccess": "mdb accdb mde accde mdt accdt mda",
    "application/x-msdownload": "exe dll scr com sys",
    "application/x-ndjson": "ndjson jsonl json",
    "application/vnd.ms-works": "wps",
    "application/vnd.visio": "vsd vss vst vdw",
    "application/x-mspublisher": "pub",
    "application/x-ole-encrypted": "xlsx xlsm xlsb xltx docx docm dotx pptx pptm ppsx potx vsdx",
    "application/x-ole-storage": "ole db mpp msi snt mst msp",
    "application/x-tar": "tar",
    "application/x-xz": "xz txz",
    "application/xhtml+xml": "xhtml html htm xht xml",
    "application/x-subrip": "srt txt",
    "application/xliff+xml": "xlf xliff sdlxliff mqxliff xml",
    "application/xml": "xml xsd xsl xslt rels kml gpx rss atom plist wsdl config resx xmp opf ncx",
    "application/zip": "zip jar apk cbz kmz docx xlsx pptx epub odt ods odp xlsm xlsb",
    "application/zstd": "zst tzst zstd",
    "application/ogg": "ogg oga ogv opus spx ogx",
    "audio/aiff": "aif aiff aifc",
    "audio/amr": "amr awb",
    "audio/flac": "flac",
    "audio/mp4": "m4a m4b mp4 aac",
    "audio/mpeg": "mp3 mp2 mpga",
    "audio/x-wav": "wav",
    "video/3gpp": "3gp 3g2 mp4",
    "video/mp2t": "ts mts m2ts",
    "video/mp4": "mp4 m4v mov m4a",
    "video/mpeg": "mpg mpeg vob mod",
    "video/quicktime": "mov qt mp4",
    "video/x-flv": "flv",
    "video/x-matroska": "mkv webm mka mks",
    "video/x-ms-asf": "wma wmv asf",
    "video/x-msvideo": "avi",
    "image/avif": "avif",
    "image/bmp": "bmp dib",
    "image/emf": "emf",
    "image/gif": "gif",
    "image/heic": "heic heif hif",
    "image/jpeg": "jpg jpeg jpe jfif",
    "image/png": "png apng",
    "image/svg+xml": "svg xml",
    "image/tiff": "tif tiff dng nef cr2 arw",
    "image/webp": "webp",
    "image/wmf": "wmf",
    "message/rfc822": "eml emlx emlxpart mht mhtml nws txt",
    "text/calendar": "ics ical ifb icalendar vcs txt",
    "text/csv": "csv txt",
    "text/html": "html htm shtml asp aspx php jsp mht",
    "text/tab-separated-values": "tsv tab txt csv",
    "text/vtt": "vtt txt",
    "text/vcard": "vcf vcard txt",
    # Any name will do for a plain text unless it is another kind's; these are the ones it shares.
    "text/plain": "txt log md ini conf cfg bat sh py csv tsv tab json xml eml html htm vcf ics",
}
"""Extensions by media type. What holds text may bear the name of any text: only other names disagree."""

_BY_EXTENSION: Final = {
    extension: media_type for media_type, known in EXTENSIONS.items() for extension in known.split()
}


def extension_of(untrusted_name: bytes) -> str:
    """Give the extension of a name in lower case, without its dot; "" for none."""
    name = untrusted_name.rpartition(b"/")[2]
    stem, _dot, extension = name.rpartition(b".")
    return extension.lower().decode("ascii", "replace") if stem else ""


def disagrees(extension: str, media_type: str) -> bool:
    """Tell whether a known extension stands for something else than the content is.

    An extension nobody has heard of says nothing; neither does any for content we do not know.
    """
    if extension not in _BY_EXTENSION:
        return False
    known = EXTENSIONS.get(media_type)
    if known is None:
        # Content without a name of ours under a name of ours: a `.pdf` of noise, an `.xlsx` of nothing.
        return media_type != "application/x-empty"
    return extension not in known.split()
