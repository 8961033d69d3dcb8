"""Tests of the whole: the plan itself, the stories end to end, the pages in a browser."""
