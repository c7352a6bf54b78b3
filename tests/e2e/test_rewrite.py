"""mamorictl rewrite: another mail out of one, by an inspector of the daemon."""
import base64
import email
import io
import os
import subprocess
import zipfile
from xml.etree import ElementTree

import pytest
from mails import ALICE, OUTSIDER
from riglib import samples
from riglib.office import DOCUMENT, docm


def check_package(archive):
    """Nothing refers to a member that is not there, and each has a type."""
    names = set(archive.namelist())
    types = ElementTree.fromstring(archive.read("[Content_Types].xml"))
    typed = {one.get("PartName") for one in types if one.get("PartName")}
    extensions = {one.get("Extension") for one in types}
    assert typed <= {"/" + name for name in names}
    for name in names - {"[Content_Types].xml"}:
        assert "/" + name in typed or name.rsplit(".", 1)[1] in extensions
        folder, _, file = name.rpartition("_rels/")
        if not file.endswith(".rels"):
            continue
        for relation in ElementTree.fromstring(archive.read(name)):
            if relation.get("TargetMode") != "External":
                target = relation.get("Target")
                assert os.path.normpath(
                    os.path.join("/", folder, target))[1:] in names


def put(rig, data):
    path = os.path.join(rig.dir, "rewrite.eml")
    with open(path, "wb") as file:
        file.write(data)
    return path


def rewrite(rig, data, *changes):
    """The process, its output as bytes: line ends count."""
    done = subprocess.run([rig.mamorictl, "rewrite", put(rig, data), *changes],
                          stdin=subprocess.DEVNULL, timeout=120,
                          capture_output=True, check=False)
    done.stderr = done.stderr.decode()
    return done


@pytest.mark.parametrize("eol", [b"\r\n", b"\n"])
def test_a_virus_goes_and_all_else_stays(rig, eol):
    mail = samples.infected(OUTSIDER, ALICE).replace(b"\r\n", eol)
    done = rewrite(rig, mail, "remove=2", "text=ここにありました。")
    assert done.returncode == 0, done
    assert "part 2: removed" in done.stderr
    assert "the new mail is clean" in done.stderr
    new = done.stdout
    head, sep, _ = mail.rpartition(b"Content-Type: application/octet-stream")
    assert sep and new.startswith(head)
    assert new.endswith(mail[mail.rindex(eol + b"--"):])
    part = email.message_from_bytes(new).get_payload()[1]
    assert part.get_content_type() == "text/plain"
    assert part.get_payload(decode=True).decode() == \
        "ここにありました。\r\n"
    assert samples.eicar() not in base64.b64decode(part.get_payload())


def test_the_new_mail_is_looked_at(rig):
    done = rewrite(rig, samples.infected(OUTSIDER, ALICE), "stamp=注意")
    assert done.returncode == 1
    assert "stamped in front of the text" in done.stderr
    assert "the new mail is infected" in done.stderr


def test_a_document_is_cleaned(rig):
    mail = samples.mail(OUTSIDER, ALICE, attachment=docm(), name="a.docm")
    done = rewrite(rig, mail, "clean=2")
    assert done.returncode == 0, done
    assert "part 2: cleaned" in done.stderr
    part = email.message_from_bytes(done.stdout).get_payload()[1]
    assert part.get_filename() == "a.docm"
    with zipfile.ZipFile(io.BytesIO(part.get_payload(decode=True))) as file:
        assert file.testzip() is None
        check_package(file)
        assert "word/vbaProject.bin" not in file.namelist()
        assert file.read("word/document.xml").decode() == DOCUMENT % ""
        assert b"vbaProject" not in file.read("[Content_Types].xml")


def test_what_cannot_be_cleaned_is_removed(rig):
    mail = samples.mail(OUTSIDER, ALICE, attachment=b"no document",
                        name="a.doc")
    done = rewrite(rig, mail, "clean=2")
    assert done.returncode == 0, done
    assert "part 2: removed, not a document" in done.stderr


@pytest.mark.parametrize("changes,error", [
    (["remove=7"], "cannot be told"),
    (["remove=2", "remove=2"], "cannot be told"),
    (["remove="], "refused"),
    (["2"], "not KIND=VALUE"),
    (["delete=2"], "no such change"),
    (["text=x"], "nothing to change"),
])
def test_errors(rig, changes, error):
    done = rewrite(rig, samples.infected(OUTSIDER, ALICE), *changes)
    assert done.returncode == 3
    assert done.stdout == b""
    assert error in done.stderr


def test_no_such_file(rig):
    assert rig.ctl("rewrite", "/no/such/file", "remove=1",
                   check=False).returncode == 3
