"""What assistants may ask and draft, by the Model Context Protocol."""
