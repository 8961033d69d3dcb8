"""What is measured, one file each; `midchannel bench NAME` and `make bench` run them, `docs/performance.md` holds the figures."""
