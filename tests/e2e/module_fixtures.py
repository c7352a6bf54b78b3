"""Fixtures of the module's tests: a private Exim and its gate double."""
import os

import pytest

from gate_double import GateDouble
from private_exim import ROOT, PrivateExim

MODULE = os.path.join(os.environ.get("MAMORI_BUILD", f"{ROOT}/build/release"),
                      "mamori_local_scan.so")


def exim_with(**options):
    return pytest.mark.parametrize("exim", [options], indirect=True,
                                   ids=[""])


@pytest.fixture
def exim(request):
    """A private Exim; @exim_with(key=value) sets its options."""
    with PrivateExim(MODULE, **getattr(request, "param", {})) as server:
        yield server


@pytest.fixture
def gate(exim):
    double = GateDouble(exim.socket)
    yield double
    double.close()
