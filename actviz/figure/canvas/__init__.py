"""What any figure needs: the picture, what is drawn on it, and the bytes of its file."""
