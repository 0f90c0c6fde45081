"""Name MAPI properties as MS-OXPROPS names them, in the spelling of our keys; unknown ones keep their number."""

from __future__ import annotations

from typing import Final

_TAGS: Final = """
0001 template-data 0002 alternate-recipient-allowed 0004 auto-forward-comment 0005 auto-forwarded
000F deferred-delivery-time 0010 deliver-time 0015 expiry-time 0017 importance 001A message-class
0023 originator-delivery-report-requested 0025 parent-key 0026 priority 0029 read-receipt-requested
002A receipt-time 002B recipient-reassignment-prohibited 002E original-sensitivity 0030 reply-time
0031 report-tag 0032 report-time 0036 sensitivity 0037 subject 0039 client-submit-time 003A report-name
003B sent-representing-search-key 003D subject-prefix 003F received-by-entry-id 0040 received-by-name
0041 sent-representing-entry-id 0042 sent-representing-name 0043 received-representing-entry-id
0044 received-representing-name 0045 report-entry-id 0046 read-receipt-entry-id 0047 message-submission-id
0049 original-subject 004B original-message-class 004C original-author-entry-id 004D original-author-name
004E original-submit-time 004F reply-recipient-entries 0050 reply-recipient-names
0051 received-by-search-key 0052 received-representing-search-key 0053 read-receipt-search-key
0054 report-search-key 0055 original-delivery-time 0057 message-to-me 0058 message-cc-me
0059 message-recipient-me 005A original-sender-name 005B original-sender-entry-id
005C original-sender-search-key 005D original-sent-representing-name
005E original-sent-representing-entry-id 005F original-sent-representing-search-key 0060 start-date
0061 end-date 0062 owner-appointment-id 0063 response-requested 0064 sent-representing-address-type
0065 sent-representing-email-address 0066 original-sender-address-type 0067 original-sender-email-address
0068 original-sent-representing-address-type 0069 original-sent-representing-email-address
0070 conversation-topic 0071 conversation-index 0072 original-display-bcc 0073 original-display-cc
0074 original-display-to 0075 received-by-address-type 0076 received-by-email-address
0077 received-representing-address-type 0078 received-representing-email-address
007D transport-message-headers 007F tnef-correlation-key 0080 report-disposition
0081 report-disposition-mode 0C04 non-delivery-report-reason-code 0C05 non-delivery-report-diag-code
0C06 non-receipt-notification-requested 0C08 originator-non-delivery-report-requested 0C15 recipient-type
0C17 reply-requested 0C19 sender-entry-id 0C1A sender-name 0C1B supplementary-info 0C1D sender-search-key
0C1E sender-address-type 0C1F sender-email-address 0C20 non-delivery-report-status-code
0C21 remote-message-transfer-agent 0C24 deferred-action-message 0E01 delete-after-submit 0E02 display-bcc
0E03 display-cc 0E04 display-to 0E06 message-delivery-time 0E07 message-flags 0E08 message-size
0E0A sent-mail-entry-id 0E0F responsibility 0E12 message-recipients 0E13 message-attachments
0E17 message-status 0E1B has-attachments 0E1D normalized-subject 0E1F rtf-in-sync 0E20 attach-size
0E21 attach-number 0E23 internet-article-number 0E28 primary-send-account 0E29 next-send-account
0E2B to-do-item-flags 0E2C swapped-to-do-store 0E2D swapped-to-do-data 0E2F swapped-from 0E58 creator-sid
0E59 last-modifier-sid 0E79 trust-sender 0E99 extended-rule-message-condition 0E9B extended-rule-size-limit
0FF4 access 0FF5 row-type 0FF6 instance-key 0FF7 access-level 0FF8 mapping-signature 0FF9 record-key
0FFA store-record-key 0FFB store-entry-id 0FFE object-type 0FFF entry-id 1000 body 1001 report-text
1006 rtf-sync-body-crc 1007 rtf-sync-body-count 1008 rtf-sync-body-tag 1009 rtf-compressed
1010 rtf-sync-prefix-count 1011 rtf-sync-trailing-count 1013 body-html 1014 body-content-location
1015 body-content-id 1016 native-body 1030 internet-organization 1035 internet-message-id
1039 internet-references 1042 in-reply-to-id 1043 list-help 1044 list-subscribe 1045 list-unsubscribe
1046 internet-return-path 1080 icon-index 1081 last-verb-executed 1082 last-verb-execution-time
1090 flag-status 1091 flag-complete-time 1095 follow-up-icon 1096 block-status 1097 item-temporary-flags
10C3 ics-start 10C4 ics-end 10CA ics-reminder-time 10F3 url-component-name 10F4 attribute-hidden
10F5 attribute-system 10F6 attribute-read-only 3000 row-id 3001 display-name 3002 address-type
3003 email-address 3004 comment 3005 depth 3007 creation-time 3008 last-modification-time 300B search-key
3010 target-entry-id 3013 conversation-id 3014 body-tag 3016 conversation-index-tracking 3018 archive-tag
3019 policy-tag 301A retention-period 301B start-date-etc 301C retention-date 301D retention-flags
301E archive-period 301F archive-date 340D store-support-mask 340E store-state 35DF valid-folder-mask
35E0 ipm-subtree-entry-id 35E2 ipm-outbox-entry-id 35E3 ipm-wastebasket-entry-id
35E4 ipm-sent-mail-entry-id 35E5 views-entry-id 35E6 common-views-entry-id 35E7 finder-entry-id
3600 container-flags 3601 folder-type 3602 content-count 3603 content-unread-count 360A subfolders
360F container-contents 3610 container-hierarchy 3613 container-class 3617 associated-content-count
3645 attach-x400-parameters 36D0 ipm-appointment-entry-id 36D1 ipm-contact-entry-id
36D2 ipm-journal-entry-id 36D3 ipm-note-entry-id 36D4 ipm-task-entry-id 36D7 ipm-drafts-entry-id
36D8 additional-ren-entry-ids 36DA extended-folder-flags 36E5 default-post-message-class 3700 attachment-x400
3701 attach-data 3702 attach-encoding 3703 attach-extension 3704 attach-filename 3705 attach-method
3707 attach-long-filename 3708 attach-pathname 3709 attach-rendering 370A attach-tag
370B rendering-position 370C attach-transport-name 370D attach-long-pathname 370E attach-mime-tag
370F attach-additional-information 3711 attach-content-base 3712 attach-content-id
3713 attach-content-location 3714 attach-flags 3719 attach-payload-provider-guid
371A attach-payload-class 371B text-attachment-charset 371D attach-disposition 3900 display-type
3902 template-id 3905 display-type-ex 39FE smtp-address 39FF address-book-display-name-printable
3A00 account 3A02 callback-telephone-number 3A05 generation 3A06 given-name 3A07 government-id-number
3A08 business-telephone-number 3A09 home-telephone-number 3A0A initials 3A0B keyword 3A0C language
3A0D location 3A0F message-handling-system-common-name 3A10 organizational-id-number 3A11 surname
3A12 original-entry-id 3A13 original-display-name 3A14 original-search-key 3A15 postal-address
3A16 company-name 3A17 title 3A18 department-name 3A19 office-location 3A1A primary-telephone-number
3A1B business2-telephone-number 3A1C mobile-telephone-number 3A1D radio-telephone-number
3A1E car-telephone-number 3A1F other-telephone-number 3A20 transmittable-display-name
3A21 pager-telephone-number 3A22 user-certificate 3A23 primary-fax-number 3A24 business-fax-number
3A25 home-fax-number 3A26 country 3A27 locality 3A28 state-or-province 3A29 street-address 3A2A postal-code
3A2B post-office-box 3A2C telex-number 3A2D isdn-number 3A2E assistant-telephone-number
3A2F home2-telephone-number 3A30 assistant 3A40 send-rich-info 3A41 wedding-anniversary 3A42 birthday
3A43 hobbies 3A44 middle-name 3A45 display-name-prefix 3A46 profession 3A47 referred-by-name
3A48 spouse-name 3A49 computer-network-name 3A4A customer-id 3A4B telecommunications-device-number
3A4C ftp-site 3A4D gender 3A4E manager-name 3A4F nickname 3A50 personal-home-page 3A51 business-home-page
3A57 company-main-telephone-number 3A58 childrens-names 3A59 home-address-city 3A5A home-address-country
3A5B home-address-postal-code 3A5C home-address-state 3A5D home-address-street
3A5E home-address-post-office-box 3A5F other-address-city 3A60 other-address-country
3A61 other-address-postal-code 3A62 other-address-state 3A63 other-address-street
3A64 other-address-post-office-box 3A70 user-x509-certificate 3A71 send-internet-encoding
3F08 initial-details-pane 3FDE internet-codepage 3FDF auto-response-suppress 3FE3 delegated-by-rule
3FE7 resolve-method 3FF1 message-locale-id 3FF8 creator-name 3FF9 creator-entry-id
3FFA last-modifier-name 3FFB last-modifier-entry-id 3FFC last-modifier-email 3FFD message-codepage
4019 sender-flags 401A sent-representing-flags 401B received-by-flags 401C received-representing-flags
4022 creator-address-type 4023 creator-email-address 4025 last-modifier-address-type
4029 read-receipt-address-type 402A read-receipt-email-address 402B read-receipt-name
4030 sender-simple-display-name 4031 sent-representing-simple-display-name
4038 creator-simple-display-name 4039 last-modifier-simple-display-name 4076 content-filter-spam-confidence
4079 sender-id-status 4082 hierarchy-rev 4083 purported-sender-domain 5902 internet-mail-override-format
5909 message-editor-format 5D01 sender-smtp-address 5D02 sent-representing-smtp-address
5D05 read-receipt-smtp-address 5D07 received-by-smtp-address 5D08 received-representing-smtp-address
5D0A creator-smtp-address 5D0B last-modifier-smtp-address 5FDE recipient-resource-state
5FDF recipient-order 5FE1 recipient-proposed 5FE3 recipient-proposed-start-time
5FE4 recipient-proposed-end-time 5FF6 recipient-display-name 5FF7 recipient-entry-id
5FFB recipient-track-status-time 5FFD recipient-flags 5FFF recipient-track-status 6619 user-entry-id
6540 address-book-message-id 65C2 reply-template-id 65C6 secure-submit-flags 65E0 source-key
65E1 parent-source-key 65E2 change-key 65E3 predecessor-change-list 65F2 folder-child-count 6638 body-crc
6639 rights 663A has-rules 663B address-book-entry-id 67A4 change-number 67AA associated 674A mid
6748 folder-id 67F2 ltp-row-id 67F3 ltp-row-version 67FF pst-password 7C24 osc-sync-enabled
7FFA attachment-link-id 7FFB exception-start-time 7FFC exception-end-time 7FFD attachment-flags
7FFE attachment-hidden 7FFF attachment-contact-photo
"""
_WORDS: Final = _TAGS.split()
_NAMES: Final = {int(tag, 16): name for tag, name in zip(_WORDS[::2], _WORDS[1::2], strict=True)}


def tag_name(tag: int) -> str:
    """Give the name of a property by its number, such as `subject` for 0x0037, or the number as `0x6xyz`."""
    return _NAMES.get(tag, f"0x{tag:04X}")
