"""Routes of recommendations and of what people do with them."""
