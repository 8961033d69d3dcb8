"""What waits for the reader: notices, questions they were asked, and questions they asked."""
