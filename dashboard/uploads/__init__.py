"""Files that are handed to the page: taken in, looked at and loaded, each in a process of its own."""
