#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Five good printers keep their schedule while every hostile one hangs on the same agent, and others STALL or babble on each of
their endpoints or lose their plug at every place of a conversation, both ways: the good ones' own logs show their looks at the
due times, the bad ones are told of with one clear sentence for each language, nothing leaks."""
import json
import os
import signal
import subprocess
import sys
import time

import printers_inside
from printers_inside import compare

HOSTILE = printers_inside.ROOT / "tests" / "vprinter" / "profiles-hostile"
GOOD = ("hp-vendor-http", "hp-laser-ledm", "ipp-everywhere-ink", "kyocera-laser", "xerox-emptystrings")
GONE = ("comes-back", "unplugs")  # in the middle of the first question
DUE_S = 10     # an active printer with an HTTP way is looked at so often
LATE_S = 5     # a conversation's own time, and a busy machine
LOOKS = 5      # of each good printer, beside the bad ones
PULLED = 12    # times that a plug is pulled at least, at as many places
PJL = printers_inside.PROFILES / "brother-laser"
LEDM = HOSTILE / "unplugs"
# Each base with the pipe that it is spoken to on.
BASES = {"pjl": (PJL, "0-0"), "ledm": (LEDM, "1-0")}


def fault(direction, at, what, **more):
    return {"direction": direction, "at": at, "do": what, **more}


def faults(rng):
    """What each endpoint does wrong; the sweeps begin anywhere, so that in time they have been everywhere."""
    return {
        "in-stall": fault("in", rng.randint(0, 40), "stall", each=True),
        "out-stall": fault("out", rng.randint(0, 40), "stall", count=100000),
        "in-babble": fault("in", rng.randint(0, 40), "babble", each=True),
        "in-pulled": fault("in", rng.randrange(41), "unplug", step=41, return_ms=0),
        "out-pulled": fault("out", rng.randrange(11), "unplug", step=11, return_ms=0),
    }


def made(folder, rng):
    """Profiles of printers with one fault on one endpoint: name -> folder."""
    found = {}
    for base, (profile, pipe) in BASES.items():
        for what, row in faults(rng).items():
            mine = folder / f"{base}-{what}"
            mine.mkdir()
            for file in profile.iterdir():
                if file.name not in ("behaviour.json", "state.json"):
                    (mine / file.name).symlink_to(file)
            state = json.loads((profile / "state.json").read_text())
            state["facts"]["identity"]["serial_number"] = {"$text": "HST#######"}
            (mine / "state.json").write_text(json.dumps(state))
            behaviour = json.loads((profile / "behaviour.json").read_text())
            (mine / "behaviour.json").write_text(json.dumps(behaviour | {"faults": [row | {"pipe": pipe}]}))
            found[mine.name] = mine
    (folder / "words.json").symlink_to(printers_inside.PROFILES / "words.json")
    return found


def start_agent(world):
    config = world.folder / "agent.conf"
    config.write_text(f"state_dir = {world.folder}/state\nsocket = {world.socket}\ndefer_enroll = true\n")
    with open(world.folder / "agent.log", "wb") as log:
        return subprocess.Popen([world.build / "agent" / "platen-agent", "--config", config], stdout=log, stderr=log)


def wait_for(what, predicate, seconds):
    end = time.monotonic() + seconds
    while not predicate():
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s"
        time.sleep(0.3)


def printers(world):
    return json.loads(world.platen("printers", "--json"))["printers"]


def looks(world, name, since_ms):
    """When each conversation with a printer began, in seconds, by its own log."""
    found, last = [], 0
    for line in world.asked(name):
        if line["what"] in ("http", "ipp") and line["ms"] >= since_ms:
            if line["ms"] - last > DUE_S * 500:
                found.append(line["ms"] / 1000)
            last = line["ms"]
    return found


def pulled(world, name):
    return sum(line["what"] == "unplug" for line in world.asked(name))


def keeps_schedule(world, name, since_ms):
    times = looks(world, name, since_ms)
    gaps = [b - a for a, b in zip(times, times[1:])]
    assert len(gaps) >= LOOKS - 1 and max(gaps) <= DUE_S + LATE_S, f"{name} was looked at every {gaps} s"
    return max(gaps)


def one_clear_sentence(world, names):
    """What the agent says of the bad printers that are plugged in."""
    said, truth = printers(world), {p["name"]: p for p in world.truth()["printers"]}
    by_port = {p["usb"]["port_path"]: p for p in said}
    for name in names:
        mine = name in truth and by_port.get(truth[name]["usb"]["port_path"])
        if not mine:
            continue  # its plug was just pulled
        sources = [e["source"] for e in mine["errors"]]
        assert len(sources) == len(set(sources)), f"{name}: more than one error of a language: {mine['errors']}"
        assert all(e["error"].strip() and "\n" not in e["error"] for e in mine["errors"]), f"{name}: {mine['errors']}"
        if "pulled" not in name and name not in GONE:
            spoken = ["ieee1284", "usb"] if mine["access"]["tier"] == 0 else None  # a cut descriptor leaves no more
            found = compare.printer(truth[name], mine, languages=spoken)
            assert mine["errors"] or not found, f"{name}: neither read nor told of: {found}"


def open_files(agent):
    return [os.readlink(f"/proc/{agent.pid}/fd/{fd}") for fd in os.listdir(f"/proc/{agent.pid}/fd")]


def inside(world, rng):
    bad = [p["name"] for p in json.loads(world.do("list")) if p["name"] not in GOOD]
    agent = start_agent(world)
    try:
        wait_for("the good printers' reading", lambda: world.socket.exists() and len(printers(world)) == len(GOOD), 30)
        for name in bad:
            world.do("plug", name)
        since_ms = time.monotonic() * 1000
        print(f"{len(bad)} bad printers beside {len(GOOD)} good ones", flush=True)
        time.sleep(LOOKS * DUE_S + DUE_S)
        one_clear_sentence(world, bad)
        gaps = {name: keeps_schedule(world, name, since_ms) for name in GOOD}
        print(f"longest time between two looks, due after {DUE_S} s: " + ", ".join(f"{n} {s:.1f}" for n, s in gaps.items()))
        for truth in world.truth()["printers"]:
            if truth["name"] in GOOD:
                found = compare.printer(truth, compare.match(truth, printers(world)))
                assert not found, f"{truth['name']}: {found}"
        counts = {name: pulled(world, name) for name in bad if "pulled" in name}
        print("pulled, each time some bytes later: " + ", ".join(f"{n} {c}" for n, c in counts.items()))
        assert min(counts.values()) >= 1 and max(counts.values()) >= PULLED, counts
        for name in bad:
            world.do("unplug", name)
        wait_for("the bad ones' leaving", lambda: len(printers(world)) == len(GOOD), 90)
        wait_for("the end of all leases", lambda: not any("/dev/" in f and "usb" in f for f in open_files(agent)), 15)
        agent.send_signal(signal.SIGTERM)
        assert agent.wait(20) == 0, "the agent's exit code"
    finally:
        if agent.poll() is None:
            agent.kill()
        log = (world.folder / "agent.log").read_text(errors="replace")
        print("\n".join(log.splitlines()[-60:]))


if __name__ == "__main__":
    everybody = {name: name for name in GOOD} | {f"~{p.name}": p for p in sorted(HOSTILE.iterdir()) if p.is_dir()}
    sys.exit(printers_inside.main(__doc__, inside, profiles=everybody,
                                  more=lambda folder, rng: {f"~{n}": p for n, p in made(folder, rng).items()}))
