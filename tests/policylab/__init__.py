"""Tests of the policy laboratory. Their modules import its libraries, so without the extra none of them is imported."""

from importlib.util import find_spec

from policylab.extra import LIBRARIES
from tests.conftest import skip_or_fail

missing = [name for name in LIBRARIES if find_spec(name) is None]
if missing:
    skip_or_fail(f"the extra lab is not installed ({', '.join(missing)})", module=True)
