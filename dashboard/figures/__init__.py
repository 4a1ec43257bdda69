"""What is drawn, as data: colours, symbols, the map's style, the figure."""
