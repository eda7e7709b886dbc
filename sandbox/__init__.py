"""The upstream services over HTTP, simulated: for the first run, the tests and the benchmarks.

Written from the services' contracts and never from our clients: this package imports neither `resources` nor
`catalog_assets`, and neither imports it. It is started as a process (`python -m sandbox --help`).
"""
