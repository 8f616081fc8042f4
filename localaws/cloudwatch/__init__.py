"""CloudWatch: alarms that are evaluated over time and run their actions.

Pure: datapoints, periods, statistics, evaluation (missing data), metric_math, metric_alarm,
composite, suppression, mute, engine (all alarms of a region, stepped through time), and
simulation (from log events to states and notifications in one call, for property tests).
In moto: rooms (the running engines, their history and actions), api, mute_api, patches.
"""


def install() -> None:
    """Patch moto's CloudWatch in this process; the second time does nothing."""
    # Imported here so that the simulation needs no moto.
    from localaws.cloudwatch.patches import install as patch

    patch()
