"""Programs on the server: batches, and a scanner that is down meanwhile."""
import subprocess

from fault_rig import Virus, kept, no_virus_delivered, settle, warned
from mails import ALICE
from riglib import samples
from riglib.client import wait_for
from riglib.faults import Faults

SHOP = "shop@example.test"


def batch(mails):
    """BSMTP, as newsletter programs write it."""
    text = b""
    for data in mails:
        text += (f"MAIL FROM:<{SHOP}>\nRCPT TO:<{ALICE}>\nDATA\n").encode()
        text += data.replace(b"\r\n", b"\n").replace(b"\n.", b"\n..")
        text += b".\n"
    return text


def named(rig, words):
    """How often each of these words came to the mailbox."""
    mails = rig.mails(ALICE)
    return {word: sum(word.encode() in data for data in mails)
            for word in words}


def mixed(count):
    viruses, words, mails = [], [], []
    for i in range(count):
        if i % 3 == 1:
            viruses.append(Virus(sender=SHOP))
            mails.append(viruses[-1].data)
        else:
            words.append(f"letter-{i}-end")
            mails.append(samples.mail(SHOP, ALICE, subject=words[-1]))
    return viruses, words, mails


def check(rig, viruses, words):
    settle(rig)
    assert kept(rig) == {virus.word: 1 for virus in viruses}
    assert warned(rig, rig.owner) == kept(rig)
    assert named(rig, words) == dict.fromkeys(words, 1)
    no_virus_delivered(rig)
    assert not rig.queue()


def test_a_batch_loses_no_mail_for_a_virus(faulty):
    viruses, words, mails = mixed(15)
    done = subprocess.run([faulty.sendmail, "-bS"], input=batch(mails),
                          capture_output=True, timeout=120, check=False)
    assert done.returncode in (0, 1, 2), done
    check(faulty, viruses, words)


def test_a_batch_with_the_scanner_down(make_rig):
    rig = make_rig("queue_run=0", "faults=on")
    rig.faults = Faults(rig)
    viruses, words, mails = mixed(15)
    rig.stop_server("mamorid")
    done = subprocess.run([rig.sendmail, "-bS"], input=batch(mails),
                          capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done
    assert len(rig.queue()) == 15
    rig.restart("mamorid")
    rig.run_queue()
    wait_for(lambda: not rig.queue(), "an empty queue")
    check(rig, viruses, words)
    rig.faults.close()


def test_the_scanner_comes_and_goes(make_rig):
    """sendmail -t meanwhile: each mail once, whenever it came."""
    rig = make_rig("queue_run=0", "faults=on")
    rig.faults = Faults(rig)
    viruses, words, mails = mixed(12)
    for i, data in enumerate(mails):
        if i in (3, 8):
            rig.stop_server("mamorid")
        if i in (6, 11):
            rig.restart("mamorid")
        assert rig.web_script(data).returncode in (0, 1)
        if i == 4:
            rig.run_queue()     # in vain
            assert not warned(rig, rig.owner).get(viruses[-1].word)
    rig.run_queue()
    wait_for(lambda: not rig.queue(), "an empty queue")
    check(rig, viruses, words)
    rig.faults.close()
