"""Whole tables at once: reading files, learning weights, deciding about millions of pairs.

The only place that imports duckdb and pyspark.
"""
