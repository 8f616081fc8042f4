"""From rule folders to deployed AWS Config rules: build, stage, run RDK, read the stacks back.

`make build`, `make deploy` and `make undeploy` are `python -m deployment ...`; the demo and the
tests call the same functions. RDK itself runs unmodified, one process for each region.
"""
