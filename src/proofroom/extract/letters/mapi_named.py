"""Name the named MAPI properties (MS-OXPROPS, MS-OXOCNTC, MS-OXOCAL, MS-OXOTASK) by set and number."""

from __future__ import annotations

import struct
from typing import Final

_OUTLOOK: Final = "-0000-0000-C000-000000000046"
MAPI_SET: Final = f"00020328{_OUTLOOK}"
STRINGS_SET: Final = f"00020329{_OUTLOOK}"
_HEADERS_SET: Final = f"00020386{_OUTLOOK}"
_SETS: Final = {
    MAPI_SET: "mapi",
    STRINGS_SET: "named",
    _HEADERS_SET: "header",
    f"00062002{_OUTLOOK}": "appointment",
    f"00062003{_OUTLOOK}": "task",
    f"00062004{_OUTLOOK}": "contact",
    f"00062008{_OUTLOOK}": "common",
    f"0006200A{_OUTLOOK}": "log",
    f"0006200E{_OUTLOOK}": "note",
    f"00062013{_OUTLOOK}": "sharing",
    f"00062014{_OUTLOOK}": "remote",
    f"00062040{_OUTLOOK}": "sharing",
    f"00062041{_OUTLOOK}": "post",
    "6ED8DA90-450B-101B-98DA-00AA003F1305": "meeting",
    "71035549-0739-4DCB-9163-00F0580DBBDF": "calendar-assistant",
    "4442858E-A9E3-4E80-B900-317A210CC15B": "messaging",
    "11000E07-B51B-40D6-AF21-CAA85EDAB1D0": "calendar-assistant",
    "41F28F13-83F4-4114-A584-EEDB5A6B0BFF": "attachment",
    "23239608-685D-4732-9C55-4C95CB4E8E33": "extracted",
}
_LIDS: Final = """
appointment 8200 send-meeting-as-ical 8201 sequence 8202 sequence-time 8205 busy-status 8206 auxiliary-flags
8207 f-exceptional-attendees 8208 location 820D start-whole 820E end-whole 820F start-time 8210 end-time
8211 end-date 8212 start-date 8213 duration 8214 color 8215 all-day 8216 recurrence-blob 8217 state-flags
8218 response-status 8220 reply-time 8223 recurring 8224 intended-busy-status 8226 update-time
8228 exception-replace-time 8229 f-invited 8230 reply-name 8231 recurrence-type 8232 recurrence-pattern
8233 time-zone-struct 8234 time-zone 8235 clip-start 8236 clip-end 8238 all-attendees 823A auto-fill-location
823B to-attendees 823C cc-attendees 8240 conferencing-check 8241 conferencing-type 8242 directory
8243 organizer-alias 8244 auto-start-check 8246 auto-start-when 8247 allow-external-check
8248 collaborate-document 8249 netshow-url 824A online-password 8250 proposed-start-whole
8251 proposed-end-whole 8256 proposed-duration 8257 counter-proposal 8259 proposal-number
825A not-allow-propose 825E zone-start-display 825F zone-end-display 8260 zone-recurrence
task 8101 status 8102 percent-complete 8103 team 8104 start-date 8105 due-date 8107 reset-reminder
8108 accepted 8109 dead-occurrence 810F date-completed 8110 actual-effort 8111 estimated-effort 8112 version
8113 state 8115 last-update 8116 recurrence 8117 assigners 8119 status-on-complete 811A history 811B updates
811C complete 811E f-creator 811F owner 8120 multiple-recipients 8121 assigner 8122 last-user 8123 ordinal
8124 no-compute 8125 last-delegate 8126 f-recurring 8127 role 8129 ownership 812A acceptance-state
812C global
contact 8005 file-under 8006 file-under-id 8007 item-data 800E department 8010 departments 8015 has-picture
801A home-address 801B work-address 801C other-address 8022 postal-address-id 8023 character-set
8025 auto-log 8026 file-under-list 8027 email-list 8028 book-provider-emails 8029 book-provider-type
802B html 802C yomi-given-name 802D yomi-surname 802E yomi-company 8040 card-picture 8045 work-street
8046 work-city 8047 work-state 8048 work-postal-code 8049 work-country 804A work-post-office-box
804C list-checksum 804D list-name 804F user-field-1 8050 user-field-2 8051 user-field-3 8052 user-field-4
8053 list-one-off-members 8054 list-members 8062 instant-messaging-address 8080 email1-display-name
8082 email1-address-type 8083 email1-address 8084 email1-original-display-name 8085 email1-entry-id
8090 email2-display-name 8092 email2-address-type 8093 email2-address 8094 email2-original-display-name
8095 email2-entry-id 80A0 email3-display-name 80A2 email3-address-type 80A3 email3-address
80A4 email3-original-display-name 80A5 email3-entry-id 80B2 fax1-address-type 80B3 fax1-address
80B4 fax1-original-display-name 80B8 free-busy-location 80DA address-country-code 80DB home-country-code
80DC work-country-code 80DD other-country-code 80DE birthday-local 80DF wedding-local
common 8501 reminder-delta 8502 reminder-time 8503 reminder-set 8504 reminder-time-time
8505 reminder-time-date 8506 private 850E age-icon 8510 side-effects 8511 remote-status 8514 smart-no-attach
8516 common-start 8517 common-end 8518 task-mode 851C reminder-override 851D reminder-type
851E reminder-play-sound 851F reminder-file 8520 verb-stream 8524 verb-response 8530 flag-request
8535 billing 8536 non-sendable-to 8539 companies 853A contacts 8540 property-definition 8541 script-stream
8543 custom-flag 8552 current-version 8554 current-version-name 8560 reminder-next-time 8570 form-storage
8578 header-item 8580 internet-account-name 8581 internet-account-stamp 8582 use-tnef
8584 contact-link-search-key 8585 contact-link-entry 8586 contact-link-name 859C spam-original-folder
85A0 to-do-ordinal-date 85A1 to-do-sub-ordinal 85A4 to-do-title 85B5 classified 85B6 classification
85B7 classification-description 85B8 classification-guid 85BA classification-keep 85BD reference-entry-id
85BF valid-flag-string-proof 85C0 flag-string 85C6 conversation-action 85EF message-flag-action
85B1 inf-path-form-name
log 8700 type 8706 start 8707 duration 8708 end 870C flags 870E document-printed 870F document-saved
8710 document-routed 8711 document-posted 8712 type-description
note 8B00 color 8B02 width 8B03 height 8B04 x 8B05 y
meeting 0001 attendee-critical-change 0002 where 0003 global-object-id 0004 is-silent 0005 is-recurring
0006 required-attendees 0007 optional-attendees 0008 resource-attendees 0009 delegate-mail
000A is-exception 000B single-invite 000C time-zone 000D start-recurrence-date 000E start-recurrence-time
000F end-recurrence-date 0010 end-recurrence-time 001A owner-critical-change 001C old-start-when 001D old-end-when
0023 clean-global-object-id 0024 message-class 0026 meeting-type 0028 old-location 0029 old-start
002A old-end
"""


def _lids() -> dict[tuple[str, int], str]:
    found: dict[tuple[str, int], str] = {}
    kinds = frozenset(_SETS.values())
    words, kind = iter(_LIDS.split()), ""
    for word in words:
        if word in kinds:
            kind = word
        else:
            found[kind, int(word, 16)] = next(words)
    return found


_NAMES: Final = _lids()


def guid_text(raw: bytes) -> str:
    """Write the sixteen bytes of a GUID as Windows does, in capitals."""
    one, two, three = struct.unpack_from("<IHH", raw)
    return f"{one:08X}-{two:04X}-{three:04X}-{raw[8:10].hex()}-{raw[10:16].hex()}".upper()


def numbered_name(set_id: str, number: int) -> str:
    """Name a property by its set and number: `task:status`, or `SET:0x8101` where nobody knows it."""
    kind = _SETS.get(set_id, set_id)
    return f"{kind}:{_NAMES.get((kind, number), f'0x{number:04X}')}"


def spelled_name(set_id: str, untrusted_name: str) -> str:
    """Name a property by its set and the name its program gave it: `named:Keywords`, `header:X-Mailer`."""
    return f"{_SETS.get(set_id, set_id)}:{untrusted_name}"
