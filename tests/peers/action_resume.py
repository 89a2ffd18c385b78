#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An action that was delivered and not begun when the agent was killed is done by the next agent, once; the printer is found
again before it is given up. One for a printer that is not there is rejected, and says why."""
import argparse
import json
import os
import pathlib
import shutil
import signal
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "lib"))
import lab  # noqa: E402

SLOW_MS = 6000  # how long the laser takes to its first byte: the agent is busy with it meanwhile


def slow_laser(folder):
    profile = folder / "slow-laser"
    shutil.copytree(lab.PROFILES / "brother-laser", profile)
    (folder / "words.json").write_text((lab.PROFILES / "words.json").read_text())
    pjl = json.loads((profile / "pjl.json").read_text())
    pjl["first_byte_ms"] = SLOW_MS
    (profile / "pjl.json").write_text(json.dumps(pjl))
    return profile


def state(connector, action):
    return connector.api("GET", f"/actions/{action['id']}")["state"]


def killed_while_one_waits(connector, desk, printer, before_the_next=lambda: None):
    """The agent is kept busy by a first action; the second one is delivered and waits behind it. Then the agent is killed. The next
    one starts at once, so what it is to find is done while this one stands still."""
    connector.api("POST", f"/printers/{printer['id']}/actions", {"type": "probe_now"})
    action = connector.api("POST", f"/printers/{printer['id']}/actions", {"type": "probe_now"})
    lab.wait_for("its delivery", lambda: state(connector, action) == "delivered", 20)
    agent = int(desk.pid_file.read_text())
    os.kill(agent, signal.SIGSTOP)
    before_the_next()
    os.kill(agent, signal.SIGKILL)
    return action


def settled(connector, action):
    lab.wait_for("its end", lambda: state(connector, action) not in ("queued", "delivered", "running"), 90)
    return connector.api("GET", f"/actions/{action['id']}")


def day(connector, desk):
    printer = lab.wait_for("the laser", lambda: next(iter(connector.api("GET", "/printers")["items"]), None), 60)
    lab.wait_for("its first reading", lambda: connector.api("GET", f"/printers/{printer['id']}")["identity"]["model"], 60)
    end = settled(connector, killed_while_one_waits(connector, desk, printer))
    assert end["state"] == "done", end
    print("delivered, killed, done by the next agent")

    action = killed_while_one_waits(connector, desk, printer, lambda: desk.do("unplug", "laser"))
    end = settled(connector, action)
    assert end["state"] == "rejected", end
    print("delivered, killed, its printer gone: rejected")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    build = parser.parse_args().build.resolve()
    with tempfile.TemporaryDirectory(prefix="platen-resume-") as folder:
        folder = pathlib.Path(folder)
        connector = lab.Connector(build, folder)
        desk = lab.Desk(build, folder, {"laser": slow_laser(folder)})
        try:
            connector.start()
            desk.configure(token=connector.token())
            desk.start_again_and_again()
            day(connector, desk)
        except BaseException:
            sys.stderr.write(desk.log.read_text(errors="replace")[-6000:])
            raise
        finally:
            desk.stop()
            connector.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
