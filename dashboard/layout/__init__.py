"""What stands where on the page: pure functions from view values to Dash components."""
