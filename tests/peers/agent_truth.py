#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The running agent keeps the truth by its own timetable: changes are seen within 15 s on a printer that is awake and active,
a printer that is pulled out is gone, one that comes back keeps its key, strangers may look but not enrol, and a stop is quick."""
import json
import os
import signal
import socket
import subprocess
import sys
import time

import printers_inside

SEEN_S = 15      # design: media-empty to event while active
STOP_S = 2
NOBODY = 65534


def wait_for(what, predicate, seconds):
    end = time.monotonic() + seconds
    while True:
        got = predicate()
        if got:
            return got
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s"
        time.sleep(0.2)


def start_agent(world):
    config = world.folder / "agent.conf"
    config.write_text(f"state_dir = {world.folder}/state\nsocket = {world.socket}\ndefer_enroll = true\n")
    log = open(world.folder / "agent.log", "wb")
    agent = subprocess.Popen([world.build / "agent" / "platen-agent", "--config", config], stdout=log, stderr=log)
    wait_for("the agent's start", lambda: world.socket.exists(), 20)
    return agent


def printers(world):
    return json.loads(world.platen("printers", "--json"))


def ask_raw(world, line):
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(10)
        s.connect(str(world.socket))
        s.sendall(line)
        answer = b""
        while chunk := s.recv(65536):
            answer += chunk
    return json.loads(answer)


def strangers(world):
    """What a local user who is not root gets."""
    if os.geteuid() != 0:
        return
    os.chmod(world.folder, 0o755)

    def ask(request):
        mine, theirs = os.pipe()
        child = os.fork()
        if child == 0:  # nobody, for the length of one question
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            os.write(theirs, json.dumps(ask_raw(world, request.encode() + b"\n")).encode())
            os._exit(0)
        os.close(theirs)
        with os.fdopen(mine) as answer:
            text = answer.read()
        os.waitpid(child, 0)
        return json.loads(text)

    assert ask('{"v":1,"do":"status"}')["ok"] is True
    refused = ask('{"v":1,"do":"enroll","token":"plt1.x"}')
    assert refused["ok"] is False and refused["error"] == "denied", refused


def hostile_callers(world):
    assert ask_raw(world, b"GET / HTTP/1.1\r\n\r\n")["ok"] is False
    try:
        assert ask_raw(world, b"x" * 9000 + b"\n")["ok"] is False
    except ConnectionResetError:
        pass  # the agent hung up before all of it had come
    assert ask_raw(world, b'{"v":9,"do":"status"}\n')["error"] == "unsupported"
    silent = [socket.socket(socket.AF_UNIX) for _ in range(12)]  # more than the agent has places for
    for s in silent:
        s.connect(str(world.socket))
    for s in silent:
        s.close()
    wait_for("an answer after the silent callers", lambda: ask_raw(world, b'{"v":1,"do":"status"}\n')["ok"], 10)


def inside(world, rng):
    agent = start_agent(world)
    try:
        wait_for("three readings", lambda: len(printers(world)["printers"]) == 3, 30)
        wait_for("the truth", lambda: not world.differences(printers(world)), 20)
        world.do("set", "hp-mfp", "state-reason", "+media-empty")
        began = time.monotonic()
        wait_for("the empty tray in the agent", lambda: any(
            a["code"] == "inputMediaSupplyEmpty" for p in printers(world)["printers"] for a in p["alerts"] or []), SEEN_S)
        print(f"an empty tray was seen after {time.monotonic() - began:.1f} s")
        world.do("set", "hp-mfp", "state-reason", "-media-empty")
        world.do("print", "hp-mfp", "7")
        wait_for("ten pages later the truth", lambda: not compare_one(world, "hp-mfp"), 2 * SEEN_S)
        for _ in range(5):
            words = printers_inside.changes(rng)
            print("  " + " ".join(words))
            world.do(*words)
            found = world.differences(world.probe())
            assert not found, found
        strangers(world)
        hostile_callers(world)
        keys = {p["key"] for p in printers(world)["printers"]}
        world.do("unplug", "hp-mfp")
        wait_for("its leaving", lambda: len(printers(world)["printers"]) == 2, 10)
        world.do("plug", "hp-mfp")
        wait_for("its return under the same key", lambda: {p["key"] for p in printers(world)["printers"]} == keys, 20)
        began = time.monotonic()
        agent.send_signal(signal.SIGTERM)
        assert agent.wait(20) == 0, "the agent's exit code"
        assert time.monotonic() - began < STOP_S, f"the agent took {time.monotonic() - began:.1f} s to stop"
        assert not world.socket.exists(), "the socket is still there"
    finally:
        if agent.poll() is None:
            agent.kill()
        print((world.folder / "agent.log").read_text())


def compare_one(world, name):
    truth = next(p for p in world.truth()["printers"] if p["name"] == name)
    mine = printers_inside.compare.match(truth, printers(world)["printers"])
    return printers_inside.compare.printer(truth, mine) if mine else ["it is not there"]


if __name__ == "__main__":
    sys.exit(printers_inside.main(__doc__, inside))
