"""Tools by which assistants ask and draft, over the Model Context Protocol."""
