"""Steps of :mod:`tools.build_geodata`: pinned packages in, ``geodata/data`` out."""
