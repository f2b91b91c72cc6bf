"""What a person or an adapter shares of a product: a text and a card, for any group, page or commune portal."""
