"""CloudWatch: alarms that are evaluated over time and run their actions.

Pure: datapoints, periods, statistics, evaluation (missing data), metric_math, metric_alarm,
composite, suppression, mute, engine (all alarms of a region over time), and simulation (from log
events to states and notifications in one call, for property tests). In moto: alarm_store (the
running engines, their history and actions), api, mute_api, patches.
"""


def install() -> None:
    """Patch moto's CloudWatch in this process; a second call does nothing."""
    # Import here, so that the simulation does not need moto.
    from localaws.cloudwatch.patches import install as patch

    patch()
