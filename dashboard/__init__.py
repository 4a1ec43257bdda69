"""The dashboard: shows a claim store on a timeline map. It parses no files and computes no geometry."""
