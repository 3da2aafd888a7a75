"""What every feature stands on, and what knows none of them."""
