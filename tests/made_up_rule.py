"""A rule made for tests, whose classes of records have no call's name."""

from pathlib import Path

from alarmchain.control import NAMES, Control

ROOT = "root account usage"
DENIED = "denied calls"
NO_MFA = "console sign-ins without MFA"
CLASSES = {
    ROOT: '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS'
    ' && $.eventType != "AwsServiceEvent" }',
    DENIED: '{ ($.errorCode = "*UnauthorizedOperation" || $.errorCode = "AccessDenied*")'
    ' && $.sourceIPAddress != "delivery.logs.amazonaws.com" && $.eventName != "HeadBucket" }',
    NO_MFA: '{ $.eventSource = "signin.amazonaws.com" && $.eventName = "ConsoleLogin"'
    ' && $.userIdentity.type = "IAMUser" && $.responseElements.ConsoleLogin = "Success"'
    ' && $.additionalEventData.MFAUsed = "No" && $.errorMessage NOT EXISTS }',
}
"""The classes of CIS AWS Foundations 4.3, 4.1 and 4.2."""


def made_up_rule(folder: Path, *names: str, more: str = "") -> Control:
    """Return the control of a rule that requires the classes; `more` goes to its top."""
    lines = [f'{key} = "MadeUpRule"' for key in ("name", "title", "description", "severity")]
    lines += [more, "[names]", *(f'{key} = "MadeUp{key}"' for key in NAMES)]
    for name in names:
        lines += [f'[records."{name}"]', 'list = "cis"', f"pattern = '{CLASSES[name]}'"]
    file = folder / "control.toml"
    file.write_text("\n".join(lines), encoding="utf-8")
    return Control.load(file)
