"""Claims, places and time: the domain of the map. It knows no screen."""
