"""What a formula is on whole intervals: bounds of all its values, and what follows from them."""
