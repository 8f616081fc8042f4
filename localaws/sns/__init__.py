"""SNS: pending subscriptions, filter policies, an outbox for e-mail.

outbox.sent and outbox.confirmation_token are for tests and the demo. admission decides whether
CloudWatch may publish to a topic. policy evaluates resource policies.
"""

from localaws.sns.outbox import Mail, confirmation_token, sent
from localaws.sns.patches import install

__all__ = ["Mail", "confirmation_token", "install", "sent"]
