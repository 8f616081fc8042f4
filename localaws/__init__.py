"""A local AWS for AWS Config rule packs: moto's server, with the features that moto lacks.

Start it with ``python -m localaws`` or, in code, with :class:`localaws.server.LocalAws`.
``localaws.bridge`` lists what is patched into moto.

It differs from AWS on purpose:

- Rules are not evaluated on their schedule. Only periodic Lambda rules are evaluated.
- Waiting times are short: Lambda retries an asynchronous invocation after a tenth of a second, and
  an ``aws:sleep`` step lasts at most a second.
- Functions and scripts run on the Python that runs the local AWS, whatever their runtime is. A
  script's syntax is checked against its runtime; only Python's library and the SDK can be imported.
- A stack is complete when CreateStack returns.
- Log alarms are stored and listed, but never evaluated.

``LocalAws.behaviour`` (see ``localaws.behaviour``) switches on what most tests do not want: IAM
enforcement, the limit of StartConfigRulesEvaluation, the evaluation of new rules, roles that cannot
be used at once, and another boto3 for functions and scripts. ``LocalAws.throttle`` sets a request
quota, ``LocalAws.fail`` injects any other error (such as OperationAbortedException of
logs:PutMetricFilter). ``LocalAws.calls`` has every call with the role that made it.
"""
