"""Is the optional extra `lab` installed?"""

from __future__ import annotations

from importlib.util import find_spec

from admission.errors import BadInput
from admission.model import Text

LIBRARIES = ("numpy", "pandas", "scipy", "sklearn", "optbinning", "matplotlib")


def require_lab() -> None:
    """Stop with one plain line where a library of the extra is missing.

    Raises:
        BadInput: with what to install.
    """
    missing = [name for name in LIBRARIES if find_spec(name) is None]
    if missing:
        raise BadInput(
            Text(
                en=f"The policy laboratory is not installed ({', '.join(missing)} missing).",
                zh=f"未安装准入政策实验室（缺少 {'、'.join(missing)}）。",
            ),
            remedy=Text(
                en="pip install 'gatehouse[lab]', or make install in a checkout",
                zh="运行 pip install 'gatehouse[lab]'，或在源码目录中运行 make install",
            ),
        )
