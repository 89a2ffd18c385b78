# SPDX-License-Identifier: Apache-2.0
"""The agent in the guest, as the installed service runs it: its own user, no group but its own, its own folders."""
import json
import os
import pathlib
import pwd
import socket
import time

import lab

USER = "platen"
CONFIG = pathlib.Path("/etc/platen/agent.conf")
STATE = pathlib.Path("/var/lib/platen")
RUN = pathlib.Path("/run/platen")


def begin(**settings):
    """Starts platen-agent with these settings; no connector is there, so reports stay in its spool."""
    who = pwd.getpwnam(USER)
    for folder in (STATE, RUN):
        folder.mkdir(parents=True, exist_ok=True)
        os.chown(folder, who.pw_uid, who.pw_gid)
    CONFIG.parent.mkdir(exist_ok=True)
    CONFIG.write_text("".join(f"{key} = {value}\n" for key, value in {"log_level": "debug", **settings}.items()))
    service = lab.start("agent", str(lab.BIN / "platen-agent"), "--config", str(CONFIG), user=USER)
    lab.wait_for("the agent's socket", lambda: (RUN / "agent.sock").exists(), 30)
    return service


def ask(do, **members):
    """What the running agent answers on its socket, without a program between: {"printers": […]} of a probe."""
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(120)
        s.connect(str(RUN / "agent.sock"))
        s.sendall(json.dumps({"v": 1, "do": do, **members}).encode() + b"\n")
        said = b"".join(iter(lambda: s.recv(65536), b""))
    answer = json.loads(said)
    if not answer["ok"]:
        raise lab.Failure(f"the agent says: {answer['message']}")
    return answer["result"]


def at_place(device):
    """The agent's reading of the printer with this sysfs name, None where it has none."""
    return next((p for p in ask("printers")["printers"] if p["usb"]["port_path"] == device), None)


def key_of(device):
    return lab.wait_for(f"the agent has {device}", lambda: at_place(device), 60, 0.2)["key"]


def command(*words, check=True):
    """`platen` as the agent's user says it."""
    return lab.run(str(lab.BIN / "platen"), *words, user=USER, check=check)


def command_as_root(*words):
    return lab.run(str(lab.BIN / "platen"), *words)


def probe(*words):
    """`platen probe --json`: the printers as Platen sees them now."""
    said = command("probe", "--json", *words, check=False)
    (lab.LOG / "last-probe.json").write_text(said)
    return json.loads(said)["printers"] if said.strip() else []


def printers():
    """What the running agent knows, without asking the printers."""
    said = command("printers", "--json", check=False)
    return json.loads(said)["printers"] if said.strip() else []


def saw(condition, seconds=20):
    try:
        lab.wait_for("the agent notices", condition, seconds, 0.1)
        return True
    except lab.Failure:
        return False


def footprint(service, seconds=3):
    """Descriptors, threads and memory at rest: the least of several looks, for whoever asked last has a thread of the agent's for
    a moment longer; what is leaked is there at every look."""
    looks, by = [], time.monotonic() + seconds
    while time.monotonic() < by:
        looks.append(look(service))
        time.sleep(0.2)
    return {what: min(one[what] for one in looks) for what in looks[0]}


def look(service):
    at = pathlib.Path(f"/proc/{service.pid}")
    status = dict(line.split(":", 1) for line in (at / "status").read_text().splitlines() if ":" in line)
    return {"fds": len(list((at / "fd").iterdir())), "threads": int(status["Threads"]),
            "rss_kb": int(status["VmRSS"].split()[0])}


def usb_nodes(service):
    """USB device nodes that it has open now."""
    found = []
    for fd in pathlib.Path(f"/proc/{service.pid}/fd").iterdir():
        try:
            target = os.readlink(fd)
        except OSError:
            continue
        if target.startswith(("/dev/bus/usb/", "/dev/usb/")):
            found.append(target)
    return found


def idle(service):
    return not usb_nodes(service)
