"""Reading a product page nobody made for us: its parts, its words for machines, its words for people."""
