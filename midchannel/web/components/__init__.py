"""What every page is made of: records, template tags and charts. README.md beside this file is the manual."""
