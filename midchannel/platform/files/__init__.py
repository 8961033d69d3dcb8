"""Files kept for the product (attachments, original mails): content by its hash in the data folder, one row each."""
