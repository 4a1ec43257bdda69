"""The dashboard: shows a claim store on a timeline map. It parses no files and computes no geometry."""

__all__ = ["__version__"]

__version__ = "0.1.0"
