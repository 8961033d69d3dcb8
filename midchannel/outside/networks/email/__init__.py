"""E-mail: a mailbox read by IMAP and answered by SMTP.

Knows: mailboxes, MIME, what headers mean, how mails hang together. Does not know: conversations, customers, the database; what it reads
it hands over as documents, and files it keeps through `platform.files`. Door: `adapter.EmailAdapter`.

From bytes to a document: `parser` (MIME to a `Mail`; pure) > `automatic` (machines' mail) and `threads` (what it belongs behind) >
`documents` (a `Mail` to a `vocabulary.Document`). `reader` fetches by IMAP, `sender` builds and brings out by SMTP, `sent` keeps and
looks up copies, `connections` opens both protocols and explains what went wrong, `mailbox` is the settings.
"""
