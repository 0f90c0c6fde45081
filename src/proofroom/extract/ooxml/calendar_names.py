"""Names of months and weekdays in the languages that number formats name, as far as all versions agree on them."""

from __future__ import annotations

from typing import Final

ENGLISH: Final = ("", "EN")

MONTHS: Final = {
    "EN": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
    "DE": (
        "Januar", "Februar", "März", "April", "Mai", "Juni",
        "Juli", "August", "September", "Oktober", "November", "Dezember",
    ),
    "ES": (
        "enero", "febrero", "marzo", "abril", "mayo", "junio",
        "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
    ),
    "FR": (
        "janvier", "février", "mars", "avril", "mai", "juin",
        "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    ),
    "TH": (
        "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน",
        "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม",
    ),
    "ZH": (
        "一月", "二月", "三月", "四月", "五月", "六月",
        "七月", "八月", "九月", "十月", "十一月", "十二月",
    ),
}  # fmt: skip
"""What `mmmm` shows."""

SHORT_MONTHS: Final = {
    "EN": tuple(name[:3] for name in MONTHS["EN"]),
    "TH": (
        "ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.",
        "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.",
    ),
}  # fmt: skip
"""What `mmm` shows."""

WEEKDAYS: Final = {
    "EN": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "DE": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    "ES": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    "FR": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "TH": ("จันทร์", "อังคาร", "พุธ", "พฤหัสบดี", "ศุกร์", "เสาร์", "อาทิตย์"),
    "ZH": ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
}
"""What `dddd` shows."""

SHORT_WEEKDAYS: Final = {"EN": tuple(name[:3] for name in WEEKDAYS["EN"])}
"""What `ddd` shows."""
