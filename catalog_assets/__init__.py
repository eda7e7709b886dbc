"""What is kept: assets, checks, partitions and automation."""
