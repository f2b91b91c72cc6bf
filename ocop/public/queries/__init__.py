"""What public pages and the front page ask the database."""
