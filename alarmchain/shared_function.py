"""A Lambda function that several rules share: each rule's parameter `Control` names its control.

The function of a conformance pack. Its zip holds the controls of the pack's rules as
`alarmchain/controls/<Name>/control.toml`.
"""

from functools import cache
from pathlib import Path

from alarmchain.control import Control
from alarmchain.parameters import CONTROL, ParameterError, shown
from alarmchain.rule import Handler, handler_of

CONTROLS = Path(__file__).parent / "controls"


def shared_handler(folder: Path) -> Handler:
    """Return the Lambda handler of the rules whose control.toml is in `folder`/<Name>/.

    It reports an evaluation whose parameter `Control` is missing, or names another control, as
    unknown.
    """
    names = sorted(file.parent.name for file in folder.glob("*/control.toml"))

    @cache
    def load(name: str) -> Control:
        return Control.load(folder / name)

    def find_control(name: str) -> Control:
        # Only a listed name becomes a part of a path.
        if name not in names:
            given = f"is {shown(name)}" if name else "is missing"
            raise ParameterError(
                f"parameter '{CONTROL}' {given}; name a control that this function has, or update"
                f" the function; it has {', '.join(names)}"
            )
        return load(name)

    return handler_of(find_control)


lambda_handler = shared_handler(CONTROLS)
