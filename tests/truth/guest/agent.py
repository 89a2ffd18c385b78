# SPDX-License-Identifier: Apache-2.0
"""The agent in the guest, as the installed service runs it: its own user, no group but its own, its own folders."""
import json
import os
import pathlib
import pwd

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


def command(*words, check=True):
    """`platen` as the agent's user says it."""
    return lab.run(str(lab.BIN / "platen"), *words, user=USER, check=check)


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


def footprint(service):
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
