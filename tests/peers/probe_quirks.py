#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A printer whose model is blacklisted is asked nothing: its own log shows no HTTP, no IPP, no PJL and no claim, and the
probe says who forbids it. Without the quirk the same printer is read. Runs in a mount namespace, where /etc/ipp-usb is ours."""
import os
import pathlib
import subprocess
import sys
import time

import printers_inside

SKIPPED = 77
HP, BROTHER = "hp-mfp", "brother-laser"
FOLDER = pathlib.Path("/etc/ipp-usb")
QUESTIONS = ("http", "ipp", "pjl", "claim", "implicit-claim", "set-interface")


def own_folder():
    subprocess.run(["mount", "-t", "tmpfs", "none", FOLDER], check=True)
    (FOLDER / "quirks").mkdir()


def quirks(text):
    (FOLDER / "quirks" / "test.conf").write_text(text)


def look(world):
    """One probe: by printer, its access, the languages that told something, and what it was asked meanwhile."""
    before = {name: len(world.asked(name)) for name in (HP, BROTHER)}
    began = time.monotonic()
    printers = world.probe()["printers"]
    seconds = time.monotonic() - began
    found = {}
    for truth in world.truth()["printers"]:
        name = truth["name"]
        mine = next(p for p in printers if p["usb"]["vendor_id"] == truth["usb"]["vendor_id"])
        questions = [e for e in world.asked(name)[before[name]:] if e["what"] in QUESTIONS]
        found[name] = mine, questions
    return found, seconds


def is_left_alone(found, word, line):
    printer, questions = found
    access = printer["access"]
    assert questions == [], questions
    assert access["tier"] == 0 and printer["errors"] == [], (access, printer["errors"])
    assert f'test.conf line {line} says "{word}"' in access["note"], access["note"]
    assert printer["identity"]["model"], printer["identity"]  # the 1284 ID is read all the same


def is_read(found, tier):
    printer, questions = found
    assert questions and printer["access"]["tier"] == tier, (printer["access"], questions)


def inside(world, _):
    own_folder()
    normal, _ = look(world)
    is_read(normal[HP], 1)
    is_read(normal[BROTHER], 2)

    quirks("# as an administrator would write it\n[03f0:822a]\n  blacklist = true\n[Brother*]\n  unidir = true\n")
    left, _ = look(world)
    is_left_alone(left[HP], "blacklist", 3)
    is_left_alone(left[BROTHER], "unidir", 5)

    quirks("[HP*]\nblacklist = true\n[03f0:822a]\nblacklist = false\n")
    overruled, quick = look(world)
    is_read(overruled[HP], 1)
    is_read(overruled[BROTHER], 2)

    quirks("[HP*]\nhttp-connection = close\n")
    polite, _ = look(world)
    is_read(polite[HP], 1)
    said = [e.get("connection") for e in polite[HP][1] if e["what"] == "http"]
    assert said and set(said) == {"close"}, said

    quirks("[03f0:822a]\nusb-max-interfaces = 1\nrequest-delay = 200\nzlp-send = true\nusb-send-delay = 1\n")
    slow, seconds = look(world)
    is_read(slow[HP], 1)
    questions = slow[HP][1]
    requests = sum(e["what"] == "http" for e in questions)
    assert {e["interface"] for e in questions if e["what"] == "claim"} == {1}, questions
    assert requests > 3 and seconds > quick + 0.15 * (requests - 1), (requests, quick, seconds)
    print(f"{requests} requests in {seconds:.1f} s with pauses of 0.2 s, {quick:.1f} s without")


if __name__ == "__main__":
    if os.geteuid() != 0 or not FOLDER.is_dir():
        print("needs ipp-usb's folder, and root for a mount namespace")
        sys.exit(SKIPPED)
    sys.exit(printers_inside.main(__doc__, inside, profiles=(HP, BROTHER), wrapper=(printers_inside.OWN_MOUNTS,)))
