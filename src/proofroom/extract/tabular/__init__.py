"""Tables outside Office Open XML: delimited text, old and binary workbooks, OpenDocument sheets, passwords."""
