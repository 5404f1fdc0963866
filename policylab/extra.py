"""Is the optional extra `lab` installed?"""

from __future__ import annotations

from importlib.util import find_spec

from admission.errors import BadInput

LIBRARIES = ("numpy", "pandas", "scipy", "sklearn", "optbinning", "matplotlib")


def require_lab() -> None:
    """Stop with one plain line where a library of the extra is missing.

    Raises:
        BadInput: with what to install.
    """
    missing = [name for name in LIBRARIES if find_spec(name) is None]
    if missing:
        raise BadInput(
            f"The policy laboratory is not installed ({', '.join(missing)} missing).",
            remedy="pip install 'gatehouse[lab]', or make install in a checkout",
        )
