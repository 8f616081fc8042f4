"""A local AWS for AWS Config rule packs: moto's server and what such a pack needs beyond it.

Start it with ``python -m localaws`` or, in code, with :class:`localaws.server.LocalAws`.
``localaws.bridge`` lists what is patched into moto.

Known to differ from AWS, on purpose:

- A rule is evaluated when StartConfigRulesEvaluation says so, never of itself: neither when it is
  put nor on its schedule. Only periodic Lambda rules are evaluated.
- What AWS waits for is short: a second attempt of an asynchronous invocation comes after a tenth
  of a second, an ``aws:sleep`` step lasts a second at most.
- Functions and scripts run on the Python that runs the local AWS, whatever their runtime says; a
  script's syntax is checked against its runtime, imports are held to Python's library and the SDK.
- IAM policies are not enforced. Tests look at ``LocalAws.calls``, which names the role of a call.
- A stack is made within the call that asks for it.
"""
