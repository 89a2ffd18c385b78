# SPDX-License-Identifier: Apache-2.0
"""The packages' life on a system that systemd has booted: installed by one command that asks nothing, looked at from every side, upgraded
with records waiting, removed, purged. The printer is virtual and hangs on this kernel (vhci_hcd, usblp); the connector is the packaged one.
"""
import grp
import http.client
import json
import os
import pathlib
import pwd
import re
import ssl
import stat
import subprocess
import threading
import time

import lab
import printers

NEW, OLD = lab.LAB / "new", lab.LAB / "old"
DEVICES = ("/dev/bus/usb/", "/dev/usb/lp")
DOCUMENT = pathlib.Path("/var/spool/cups/d00001-001")
MAX_EXPOSURE = 2.0
REPORTED_S = 10
# What dpkg, apt and systemd write of every package, ours or not; in these nothing of ours is looked for by name alone.
THEIRS = ("/var/lib/dpkg/", "/var/log/", "/var/cache/", "/var/lib/apt/", "/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow",
          "/etc/subuid", "/etc/subgid", "/var/lib/systemd/", "/var/lib/cups", "/etc/cups", "/var/spool/cups", "/etc/ld.so.cache",
          "/etc/.pwd.lock", "/root/", "/var/backups/")


def deb(folder, name):
    return next(folder.glob(f"{name}_*.deb"))


def apt(*words, **env):
    """apt as an administrator's script calls it; what it says is kept for a failure."""
    done = subprocess.run(["apt-get", "-y", "-q", *map(str, words)], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", **env}, timeout=600)
    (lab.LOG / "apt.log").open("a").write(done.stdout + done.stderr)
    if done.returncode != 0:
        raise lab.Failure(f"apt-get {' '.join(map(str, words))}: exit {done.returncode}: {done.stderr.strip()[-600:]}")


class Server:
    """The packaged connector, seen through its console's port."""

    password = "a long enough secret"

    def __init__(self):
        self.session = None

    def get(self, path, method="GET", body=None):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # loopback
        link = http.client.HTTPSConnection("127.0.0.1", 12352, timeout=60, context=context)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if self.session:
            headers["Authorization"] = f"Bearer {self.session}"
        link.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = link.getresponse()
        data = answer.read()
        link.close()
        return answer.status, data

    def api(self, path):
        if not self.session:
            status, data = self.get("/api/v1/login", "POST", {"name": "admin", "password": self.password})
            if status != 200:
                raise lab.Failure(f"login: {status} {data[:200]}")
            self.session = json.loads(data)["token"]
        status, data = self.get("/api/v1" + path)
        if status != 200:
            raise lab.Failure(f"{path}: {status} {data[:200]}")
        return json.loads(data)

    def printer(self):
        items = self.api("/printers")["items"]
        return self.api("/printers/" + items[0]["id"]) if items else None

    def reports(self):
        """True once the printer is known with its serial number and state."""
        found = self.printer()
        return found if found and found["identity"].get("serial_number") and found["state"]["printer_state"] != "unknown" else None


def main_pid(unit):
    return int(lab.run("systemctl", "show", "-p", "MainPID", "--value", unit))


def is_active(unit):
    return lab.run("systemctl", "is-active", unit, check=False).strip() == "active"


def platen(*words, user="nobody"):
    done = subprocess.run(["setpriv", f"--reuid={user}", "--regid=65534", "--clear-groups", "platen", *words], capture_output=True,
                          text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr.strip()


def status():
    code, said, error = platen("status", "--json")
    if code != 0:
        raise lab.Failure(f"platen status: {error}")
    return json.loads(said)


def enrolled():
    try:
        return status()["enrolment"] == "done"
    except lab.Failure:
        return False


# ---- what is on the disk

def files():
    found = set()
    for top in ("/etc", "/usr", "/var", "/run/systemd", "/run/udev/rules.d", "/opt", "/srv", "/home", "/root", "/tmp"):
        for folder, names, leaves in os.walk(top):
            found.update(os.path.join(folder, name) for name in names + leaves)
    return found


def strangers(before):
    """Files that were not there before: all of them outside the system's own books, and those that bear our name anywhere but in logs."""
    new = files() - before
    mine = {f for f in new if "platen" in f and not f.startswith(("/var/log/", "/tmp/"))}
    return sorted(mine | {f for f in new if not f.startswith((*THEIRS, "/tmp/", "/run/"))})


# ---- the parts

def install_connector(report, server):
    apt("install", deb(OLD, "platen-connector"))
    report.check("connector.waits", not is_active("platen-connector"), "does not start before its site is made")
    lab.run("platen-connector", "init", "--name", "localhost", seconds=300)
    lab.run("platen-connector", "user", "add", "admin", "--password-stdin", stdin=server.password + "\n", seconds=300)
    lab.run("systemctl", "enable", "--now", "platen-connector", seconds=300)
    answered, _ = lab.wait_for("the console's port", lambda: quietly(lambda: server.get("/api/v1/health")) or
                               quietly(lambda: server.get("/")), 120, 0.5)
    report.check("connector.answers", answered in (200, 401, 404), f"answers {answered} on 12352 after install, init, start")
    said = lab.run("platen-connector", "token", "create", "--url", "https://localhost:12351", seconds=120)
    return re.search(r"plt1\.[A-Za-z0-9_-]+", said)[0]


def quietly(ask):
    try:
        return ask()
    except (OSError, http.client.HTTPException):
        return None


def install_agent(report, server, token):
    """One command; how long until the connector has the printer is measured from the moment it is given."""
    server.api("/printers")
    failed = []

    def command():
        try:
            apt("install", deb(OLD, "platen-agent"), PLATEN_TOKEN=token)
        except (lab.Failure, subprocess.TimeoutExpired) as e:
            failed.append(str(e))

    began = time.monotonic()
    worker = threading.Thread(target=command)
    worker.start()
    installed = None
    while not server.reports():
        if installed is None and not worker.is_alive():
            installed = time.monotonic() - began
        if failed or time.monotonic() - began > 300:
            raise lab.Failure(f"no report: {failed or 'not within 300 s'}")
        time.sleep(0.2)
    took = time.monotonic() - began
    worker.join()
    installed = installed or time.monotonic() - began
    report.value("reported", f"{took:.1f}", f"s from the command's start until the connector has the printer (goal {REPORTED_S} s natively)")
    report.value("installed", f"{installed:.1f}", "s of these until apt was done, or until after the report")
    report.check("agent.one-command", is_active("platen-agent") and enrolled(), "installed, enrolled and reporting by one command")
    told = pathlib.Path("/etc/platen/agent.conf.d/50-install.conf")
    report.check("agent.token-shut", stat.S_IMODE(told.stat().st_mode) == 0o640 and told.stat().st_uid == 0, f"{told} is 0640 root")


def security(report):
    for unit in ("platen-agent", "platen-connector"):
        said = lab.run("systemd-analyze", "security", "--no-pager", unit, seconds=300)
        exposure = float(re.search(r"Overall exposure level for \S+: ([\d.]+)", said)[1])
        report.check(f"security.{unit}", exposure <= MAX_EXPOSURE, f"systemd-analyze security: {exposure} (at most {MAX_EXPOSURE})")


def spool_is_shut(report):
    """A document that its file mode would show to everybody stays hidden from the agent, though not from its user elsewhere."""
    DOCUMENT.parent.chmod(0o755)
    DOCUMENT.write_text("somebody's document\n")
    DOCUMENT.chmod(0o644)
    who = pwd.getpwnam("platen")
    drop = ["setpriv", f"--reuid={who.pw_uid}", f"--regid={who.pw_gid}", "--clear-groups", "cat", str(DOCUMENT)]
    outside = subprocess.run(drop, capture_output=True, text=True)
    inside = subprocess.run(["nsenter", "-m", "-t", str(main_pid("platen-agent")), "--", *drop], capture_output=True, text=True)
    root = subprocess.run(["nsenter", "-m", "-t", str(main_pid("platen-agent")), "--", "ls", "-A", "/var/spool/cups"], capture_output=True,
                          text=True)
    report.check("spool.outside", outside.returncode == 0, "its user could read a careless document outside the service")
    report.check("spool.inside", inside.returncode != 0 and "document" not in inside.stdout, f"inside: {inside.stderr.strip()}")
    report.check("spool.empty", not root.stdout.strip(), "inside, even root sees nothing in CUPS's spool")
    DOCUMENT.unlink()
    DOCUMENT.parent.chmod(0o710)


def privileges(report, unit, user):
    pid = main_pid(unit)
    text = dict(line.split(":\t", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line)
    who = pwd.getpwnam(user)
    report.check(f"{unit}.user", set(text["Uid"].split()) == {str(who.pw_uid)}, f"runs as {user}, all four ids {text['Uid'].split()}")
    groups = {grp.getgrgid(int(g)).gr_name for g in text["Groups"].split()} | {grp.getgrgid(int(text["Gid"].split()[0])).gr_name}
    report.check(f"{unit}.groups", groups == {user}, f"is in no group but {sorted(groups)}")
    caps = {k: text[k].strip() for k in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")}
    report.check(f"{unit}.capabilities", all(int(v, 16) == 0 for v in caps.values()), f"holds none, and can gain none: {caps}")
    report.check(f"{unit}.no-new", text["NoNewPrivs"].strip() == "1" and text["Seccomp"].strip() == "2", "no new privileges, seccomp filter")
    rooted = []
    for p in pathlib.Path("/proc").iterdir():
        if not p.name.isdigit():
            continue
        comm = lab.read(p / "comm") or ""
        if comm.startswith("platen") and comm != "platen-vprinter" and os.stat(p).st_uid == 0:
            rooted.append(comm)
    report.check(f"{unit}.nothing-as-root", not rooted, f"processes of ours that run as root: {rooted or 'none'}")


def open_files(pid):
    found = set()
    for fd in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        try:
            found.add(os.readlink(fd))
        except OSError:
            continue
    return found


def holds_what_it_needs(report, hp):
    """Every file that the agent has open, sampled while it reads the printer and while it rests."""
    pid, seen = main_pid("platen-agent"), set()
    probe = subprocess.Popen(["platen", "probe", "--json"], stdout=subprocess.DEVNULL)
    while probe.poll() is None:
        seen |= open_files(pid)
    by = time.monotonic() + 3
    while time.monotonic() < by:
        seen |= open_files(pid)
        time.sleep(0.02)
    rest = lab.wait_for("the agent rests", lambda: not any(f.startswith(DEVICES) for f in open_files(pid)), 60)
    nodes = {f for f in seen if f.startswith("/dev/")}
    allowed = {"/dev/null", "/dev/urandom", hp.node, *(f"/dev/usb/{n}" for n in lab.lp_nodes())}
    kinds = sorted({re.sub(r":\[\d+\]|\d+", "", f) for f in seen})
    report.check("agent.devices", hp.node in nodes and nodes <= allowed, f"device nodes it opened: {sorted(nodes)}")
    report.check("agent.at-rest", rest, "at rest it has no printer open")
    outside = sorted(f for f in seen if f.startswith("/") and not f.startswith(("/dev/", "/var/lib/platen/", "/run/lock/platen-", "/sys/",
                                                                                "/proc/", "/run/udev/", "/etc/", "/usr/")))
    report.check("agent.files", not outside, f"kinds of open files: {kinds}" + (f"; and {outside}" if outside else ""))
    ears = [line for line in lab.run("ss", "-H", "-ltunp").splitlines() if "platen-agent" in line]
    report.check("agent.no-port", not ears, f"listens at no port: {ears or 'none'}")


def who_may_what(report):
    code, said, _ = platen("printers", "--json")
    report.check("socket.reads", code == 0 and json.loads(said)["printers"], "a plain user reads")
    code, _, error = platen("enroll", "--token", "plt1.x")
    report.check("socket.refused", code == 1 and "only root" in error and "\n" not in error, error)
    code, _, error = platen("ews", "allow", "x")
    report.check("socket.not-at-the-screen", code == 1 and "own screen" in error and "\n" not in error, error)


# ---- platen doctor on a real kernel

def doctor(*words):
    """Its findings: {check: states}."""
    done = subprocess.run(["platen", "doctor", "--json", *words], capture_output=True, text=True, timeout=120)
    if done.returncode not in (0, 1):
        raise lab.Failure(f"platen doctor: exit {done.returncode}: {done.stderr}")
    found = {}
    for check in json.loads(done.stdout)["checks"]:
        found.setdefault(check["check"], []).append(check)
    return found


def finding(check, state):
    """What the doctor says of a check in this state; None: it is in another."""
    return next((c["finding"] for c in doctor().get(check, []) if c["state"] == state), None)


SCANNER = """
import ctypes, fcntl, os, struct, sys, time
ctypes.CDLL(None).prctl(15, b"scanimage", 0, 0, 0)
node = os.open(sys.argv[1], os.O_RDWR)
fcntl.ioctl(node, 0x8004550F, struct.pack("I", int(sys.argv[2])))
print("has it", flush=True)
time.sleep(600)
"""


def examined(report, hp):
    lab.wait_for("the way to the upgraded connector", lambda: finding("link", "ok"), 120, 1)
    found = doctor()
    bad = [c for checks in found.values() for c in checks if c["state"] == "problem"]
    report.check("doctor.well", not bad and len(found) >= 15, f"{len(found)} checks, problems: {bad or 'none'}")

    lab.run("setfacl", "-x", "u:platen", hp.node)
    said = finding("access", "problem")
    report.check("doctor.access", said and "permission" in said, f"without its ACL: {said}")
    lab.run("systemctl", "stop", "platen-agent")
    said = finding("access", "problem")
    report.check("doctor.access-alone", said, f"and without an agent: {said}")
    lab.run("setfacl", "-m", "u:platen:rw", hp.node)
    report.check("doctor.access-again", finding("access", "ok") and finding("enrolment", "ok"), "given back; root sees the enrolment, too")

    quirks = pathlib.Path("/etc/platen/quirks.d")
    quirks.mkdir()
    (quirks / "mine.conf").write_text("[*]\n  blacklist = true\n")
    said = finding("quirk", "note")
    report.check("doctor.quirk", said and "mine.conf line 2" in said, said)
    (quirks / "mine.conf").unlink()
    quirks.rmdir()

    spare = next(i for i in sorted(lab.USB.glob(f"{hp.device}:1.*")) if not (i / "driver").exists())
    scanner = subprocess.Popen(["python3", "-c", SCANNER, hp.node, spare.name.rsplit(".", 1)[1]], stdout=subprocess.PIPE, text=True)
    scanner.stdout.readline()
    said = finding("owner", "problem")
    report.check("doctor.scanner", said and "scanimage" in said, said)
    scanner.kill()
    scanner.wait()
    lab.run("systemctl", "start", "platen-agent")
    lab.wait_for("the agent is back", enrolled, 60, 0.5)


def upgrade_agent(report, server, hp):
    before = status()
    lab.run("systemctl", "stop", "platen-connector", seconds=120)
    hp.do("set", "state-reason", "+media-empty")
    waiting = lab.wait_for("records that wait", lambda: status()["spool"]["records"], 120, 0.5)
    old = lab.run("platen", "--version")
    apt("install", deb(NEW, "platen-agent"))
    new = lab.run("platen", "--version")
    lab.wait_for("the agent after its upgrade", lambda: is_active("platen-agent") and enrolled(), 60, 0.5)
    after = status()
    report.check("upgrade.version", new != old and after["agent_version"] in new, f"{old.strip()} became {new.strip()}, and runs")
    report.check("upgrade.identity", after["agent_id"] == before["agent_id"] != "", "keeps the agent's id")
    report.check("upgrade.records", after["spool"]["records"] >= waiting, f"{waiting} waiting records, {after['spool']['records']} after it")
    lab.run("systemctl", "start", "platen-connector", seconds=120)
    server.session = None
    lab.wait_for("what waited", lambda: quietly(lambda: "media-empty" in json.dumps(server.printer()["state"])), 200, 1)
    report.check("upgrade.arrived", len(server.api("/agents")["items"]) == 1, "what waited arrived, from the same agent")


def upgrade_connector(report, server):
    known = server.printer()["id"]
    apt("install", deb(NEW, "platen-connector"))
    page = lab.wait_for("the console's page", lambda: (a := quietly(lambda: server.get("/"))) and a[0] == 200 and a[1], 120, 0.5)
    server.session = None
    report.check("connector.goes-on", is_active("platen-connector"), "it runs after its upgrade, as before")
    report.check("connector.upgrade", server.printer()["id"] == known and b"<html" in page.lower(), "same data after it, and a console's page")


def remove_agent(report):
    configured = {str(p): p.read_bytes() for p in pathlib.Path("/etc/platen").rglob("*") if p.is_file()}
    before = status()["agent_id"]
    apt("remove", "platen-agent")
    kept = {str(p): p.read_bytes() for p in pathlib.Path("/etc/platen").rglob("*") if p.is_file()}
    report.check("remove.keeps", kept == configured and configured, f"settings stay: {sorted(kept)}")
    report.check("remove.stops", not is_active("platen-agent") and not pathlib.Path("/usr/sbin/platen-agent").exists(), "the service is gone")
    apt("install", deb(NEW, "platen-agent"))
    lab.wait_for("the agent is back", enrolled, 60, 0.5)
    report.check("remove.back", status()["agent_id"] == before, "installed again without a token it is the same agent")


def purge_agent(report, hp, before):
    uid = pwd.getpwnam("platen").pw_uid
    nodes = [hp.node, *(f"/dev/usb/{n}" for n in lab.lp_nodes())]
    apt("purge", "platen-agent")
    left = [f for f in strangers(before) if "platen-connector" not in f and not (os.path.isdir(f) and os.listdir(f))]  # its folders stay
    report.check("purge.files", not left, f"files left: {left[:20] or 'none'}")
    report.check("purge.user", not any(line.startswith("platen:") for f in ("/etc/passwd", "/etc/group")
                                       for line in pathlib.Path(f).read_text().splitlines()), "no user, no group")
    report.check("purge.unit", not lab.run("systemctl", "list-unit-files", "--no-legend", "platen-agent*", check=False).strip(), "no unit")
    report.check("purge.acl", not any(f"user:{name}:" in lab.run("getfacl", "-cp", node) for node in nodes for name in ("platen", uid)),
                 f"no access to {', '.join(nodes)}")


def remove_connector(report):
    apt("remove", "platen-connector")
    report.check("connector.remove", not is_active("platen-connector") and pathlib.Path("/var/lib/platen-connector/platen.db").exists(),
                 "removed it runs no more, and keeps its data")


def purge_connector(report, before):
    apt("purge", "platen-connector")
    left = strangers(before)
    report.check("purge.connector", not left and "platen" not in pathlib.Path("/etc/passwd").read_text(), f"left: {left[:20] or 'nothing'}")
    report.check("purge.no-unit", not lab.run("systemctl", "list-unit-files", "--no-legend", "platen*", check=False).strip(), "no unit")


def body(report):
    lab.wait_for("the system is up", lambda: "booted.service" not in lab.run("systemctl", "list-jobs", "--no-legend", check=False) and
                 lab.run("systemctl", "is-system-running", check=False).strip() in ("running", "degraded", "starting"), 300, 1)
    report.check("boot", lab.read("/proc/1/comm") == "systemd", "systemd is process 1")
    server = Server()
    with printers.plugged("hp-mfp") as (hp,):
        hp.wait_usblp()
        before = files()
        token = install_connector(report, server)
        install_agent(report, server, token)
        security(report)
        spool_is_shut(report)
        privileges(report, "platen-agent", "platen")
        privileges(report, "platen-connector", "platen-connector")
        holds_what_it_needs(report, hp)
        who_may_what(report)
        upgrade_agent(report, server, hp)
        upgrade_connector(report, server)
        examined(report, hp)
        remove_agent(report)
        purge_agent(report, hp, before)
        remove_connector(report)
        purge_connector(report, before)


lab.scenario("installer", body)
