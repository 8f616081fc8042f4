"""Build, stage and deploy rule folders as AWS Config rules, and check the resulting stacks.

`make build`, `make deploy` and `make undeploy` run `python -m deployment ...`; the demo and the
tests call the same functions. RDK runs unmodified, one process for each region.
"""
