"""A scanner that is out of memory, at many points of a scan."""
import pytest
from fault_rig import (Virus, kept, no_virus_delivered, retry, scanners,
                       serving, settle)
from mails import ALICE, OUTSIDER
from riglib import samples
from riglib.faults import ALLOCATIONS, NOMEM


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "on"])
def test_out_of_memory(faulty, lasting):
    """At some of the hundreds of allocations of a scan, or from there on."""
    # GLib ends a process that has no memory by a stack overflow.
    faulty.broken_on_purpose = True
    faulty.faults.watch("inspector", ALLOCATIONS)
    assert Virus().send(faulty).code == 250
    faulty.faults.disarm()
    last = faulty.faults.count
    assert last > 100
    viruses = []
    every = max(1, last // (10 if lasting else 40))
    for step in range(1, last, every):
        viruses.append(Virus())
        scanners(faulty)
        with faulty.faults.armed("inspector", ALLOCATIONS, step, NOMEM,
                                 lasting=lasting):
            reply = viruses[-1].send(faulty)
            assert reply.code in (250, 451), (step, reply)
        serving(faulty)
        retry(faulty, viruses[-1])
    settle(faulty)
    rows = kept(faulty)
    missing = [virus.word for virus in viruses if rows.get(virus.word) != 1]
    assert not missing
    assert {row["reason"] for row in faulty.ctl_json(
        "quarantine", "list")} <= {"virus", "crashed", "limit"}
    no_virus_delivered(faulty)
    assert faulty.send(samples.mail(OUTSIDER, ALICE), OUTSIDER,
                       ALICE).code == 250
