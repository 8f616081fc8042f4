"""A local AWS for AWS Config rule packs: moto's server and what such a pack needs beyond it.

Start it with ``python -m localaws`` or, in code, with :class:`localaws.server.LocalAws`.
"""
