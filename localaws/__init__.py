"""A local AWS for AWS Config rule packs: moto's server, and what it lacks for such packs.

Start it with ``python -m localaws`` or, in code, with :class:`localaws.server.LocalAws`.
``localaws.bridge`` lists what is patched into moto.

It differs from AWS on purpose:

- A rule is evaluated only by StartConfigRulesEvaluation: not when it is created, and not on its
  schedule. Only periodic Lambda rules are evaluated.
- Waiting times are short: Lambda retries an asynchronous invocation after a tenth of a second, and
  an ``aws:sleep`` step lasts at most a second.
- Functions and scripts run on the Python that runs the local AWS, whatever their runtime is. A
  script's syntax is checked against its runtime; only Python's library and the SDK can be imported.
- IAM policies are not enforced. Tests read ``LocalAws.calls``, which names the role of each call.
- A stack is complete when CreateStack returns.
"""
