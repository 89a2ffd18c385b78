#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`platen doctor`: each fault is provoked, and its check, and no other that has nothing to do with it, says so and says what to do.
What lies in the future or in another version (certificates that end, an older agent) is put into the real agent's answers on their way.
That a scanner program, a missing permission or a quirk is found on a real kernel is shown by tests/installer/booted.
"""
import argparse
import contextlib
import datetime
import http.server
import json
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "lib"))
import lab  # noqa: E402

LASER, ASLEEP = "hp-laser-ledm", "hp-ink-asleep"
EVERYBODY = 0o755


class Doctor:
    """Runs the command where the virtual printers are, and remembers which checks exist."""

    def __init__(self, build, folder):
        self.program, self.folder, self.environment = str(build / "agent" / "platen"), folder, dict(os.environ)
        self.seen = set()

    def among(self, desk):
        """Takes the environment of the desk's agent: there the printers are."""
        child = int(pathlib.Path(f"/proc/{desk.process.pid}/task/{desk.process.pid}/children").read_text().split()[0])
        lines = pathlib.Path(f"/proc/{child}/environ").read_bytes().split(b"\0")
        self.environment = dict(os.fsdecode(line).split("=", 1) for line in lines if b"=" in line)

    def ask(self, *words, user=None, env=None, as_text=False):
        command = [self.program, "doctor", *map(str, words)]
        if user is not None:
            command = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", *command]
        done = subprocess.run(command + ([] if as_text else ["--json"]), capture_output=True, text=True, timeout=120,
                              env={**self.environment, **(env or {})})
        assert done.returncode in (0, 1) and not done.stderr, f"exit {done.returncode}: {done.stderr}"
        if as_text:
            return done.stdout
        doc = json.loads(done.stdout)
        problems = {c["check"] for c in doc["checks"] if c["state"] == "problem"}
        assert doc["schema"] == "platen.doctor/1" and doc["well"] == (not problems) == (done.returncode == 0), doc
        assert all(c["advice"] for c in doc["checks"] if c["state"] == "problem"), "a problem says what to do"
        return {(c["check"], c["subject"]): c for c in doc["checks"]}

    def expect(self, what, *problems, of=None, words=(), **more):
        """Exactly these checks are problems (or, as a dictionary, have these states)."""
        found = self.ask(*words, **more)
        wrong = {check for (check, _), c in found.items() if c["state"] == "problem"}
        assert wrong == set(problems), f"{what}: {wrong} instead of {set(problems)}: {json.dumps(list(found.values()), indent=1)}"
        for check, state in (of or {}).items():
            states = {c["state"] for (name, _), c in found.items() if name == check}
            assert state in states, f"{what}: {check} is {states}: {json.dumps(list(found.values()), indent=1)}"
        self.seen |= set(problems) | set(of or {})
        for check in (*problems, *(of or {})):
            said = next(c for (name, _), c in found.items() if name == check and c["state"] in (*(of or {}).values(), "problem"))
            print(f"{what}: {check}: {said['finding']} -> {said['advice']}", flush=True)
        return found


class Altered:
    """The agent's socket with some answers changed on their way."""

    def __init__(self, desk, path):
        self.to, self.path, self.changes = desk.socket, path, {}
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            client, _ = self.listener.accept()
            with client, socket.socket(socket.AF_UNIX) as agent:
                agent.connect(str(self.to))
                question = client.makefile("rb").readline()
                agent.sendall(question)
                answer = json.loads(agent.makefile("rb").readline())
                for place, value in self.changes.get(json.loads(question)["do"], {}).items():
                    *way, last = place.split(".")
                    at = answer["result"]
                    for step in way:
                        at = at[int(step) if step.isdigit() else step]
                    at[last] = value
                client.sendall(json.dumps(answer).encode() + b"\n")

    @contextlib.contextmanager
    def saying(self, do, **changes):
        self.changes = {do: {name.replace("__", "."): value for name, value in changes.items()}}
        yield ("--socket", self.path)
        self.changes = {}


def days(n):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=n)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def answers_of_the_agent(doctor, desk, folder):
    altered = Altered(desk, folder / "altered.sock")

    def case(what, do, changes, *problems, of=None):
        with altered.saying(do, **changes) as words:
            doctor.expect(what, *problems, of=of, words=(*words, "--config", desk.config))

    case("an older agent", "status", {"agent_version": "0.0.1"}, "version")
    case("an expired certificate", "doctor", {"certificate__not_after": days(-1)}, "certificate")
    case("a certificate of tomorrow", "doctor", {"certificate__not_before": days(1)}, "certificate")
    case("a renewal is due", "doctor", {"certificate__renew_at": days(-1)}, of={"certificate": "note"})
    case("a CA that has ended", "doctor", {"ca__not_after": days(-1)}, "ca")
    case("a CA that ends soon", "doctor", {"ca__not_after": days(10)}, "ca")
    case("a model that is switched off", "doctor", {"devices__0__switched_off": True}, of={"switched_off": "note"})
    case("no permission", "doctor", {"devices__0__denied": "no permission to use /dev/bus/usb/001/002"}, "access")
    case("records were lost", "status", {"spool__dropped": 7}, "spool")
    case("a spool that is nearly full", "status", {"spool__bytes": 10**12}, "spool")
    case("a report of last week", "status", {"last_report": days(-7)}, "acknowledged")
    for state in ("none", "trying", "pending", "refused", "revoked"):
        case(f"enrolment is {state}", "status", {"enrolment": state}, "enrolment")
    case("a golden image", "status", {"enrolment": "deferred"}, of={"enrolment": "note"})


def certificate(folder):
    """A CA and its server certificate for localhost, made by openssl."""
    def openssl(*words):
        subprocess.run(["openssl", *words], capture_output=True, check=True, cwd=folder)

    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=CA", "-days", "9")
    (folder / "ext").write_text("subjectAltName=DNS:localhost\n")
    for name, life in (("good", "9"), ("old", "-1")):
        openssl("req", *key, "-keyout", f"{name}.key", "-out", "csr", "-subj", "/CN=localhost")
        openssl("x509", "-req", "-in", "csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", life, "-out",
                f"{name}.crt", "-extfile", "ext")


@contextlib.contextmanager
def server(folder, name, body=b'{"error":"certificate_required","message":"-"}', date=None):
    """An HTTPS server that is no connector, or one at another time of day."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(403)
            self.send_header("Content-Type", "application/json" if body.startswith(b"{") else "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def date_time_string(self, timestamp=None):
            return date or super().date_time_string(timestamp)

        def log_message(self, *_):
            pass

    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / f"{name}.crt", folder / f"{name}.key")
    web.socket = context.wrap_socket(web.socket, server_side=True)
    web.handle_error = lambda *_: None
    threading.Thread(target=web.serve_forever, daemon=True).start()
    try:
        yield web.server_port
    finally:
        web.shutdown()


def unused_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def the_way(doctor, folder):
    """Without an agent and not enrolled; the steps to the server, one fault each."""
    (folder / "way").mkdir()
    certificate(folder / "way")
    config = folder / "way" / "agent.conf"
    alone = ("agent", "printers", "enrolment")

    def case(what, *problems, of=None, server="https://localhost:1", env=None, **settings):
        settings = {"server": server, "ca_file": folder / "way" / "ca.crt", "state_dir": folder / "way", "socket": folder / "no.sock",
                    **settings}
        config.write_text("".join(f"{k} = {v}\n" for k, v in settings.items()))
        return doctor.expect(what, *alone, *problems, of=of, words=("--config", config), env=env)

    with server(folder / "way", "good") as port:
        case("all is well on the way", of={"proxy": "ok", "dns": "ok", "tcp": "ok", "tls": "ok", "answer": "ok", "clock": "ok",
                                           "spool": "unknown"}, server=f"https://localhost:{port}")
        case("another CA", "tls", server=f"https://localhost:{port}", ca_file="/dev/null")
        case("a proxy that is not there", "tcp", server=f"https://far.example:{port}", proxy=f"http://127.0.0.1:{unused_port()}")
        case("a proxy of another kind", "proxy", server=f"https://far.example:{port}", env={"https_proxy": "socks5://127.0.0.1:9"})
    with server(folder / "way", "old") as port:
        case("an expired server", "tls", server=f"https://localhost:{port}")
    with server(folder / "way", "good", body=b"<html>Welcome</html>") as port:
        case("another server", "answer", server=f"https://localhost:{port}")
    with server(folder / "way", "good", date="Tue, 24 Nov 2020 00:00:00 GMT") as port:
        case("a clock that is years ahead", "clock", server=f"https://localhost:{port}")
    case("nobody listens", "tcp", server=f"https://localhost:{unused_port()}")
    case("no such name", "dns", server="https://hp-print-mgmt.invalid:12351")
    case("plain http", "server", server="http://localhost")
    config.write_text("uplink = sideways\n")
    doctor.expect("a setting that makes no sense", "settings", "agent", "printers", of={"server": "unknown", "enrolment": "unknown"},
                  words=("--config", config, "--socket", folder / "no.sock"))


def small_disk(doctor, desk, folder):
    """A folder on a disk of its own that is nearly full; nobody else sees it."""
    place = folder / "small"
    place.mkdir()
    (folder / "small.conf").write_text(f"state_dir = {place}\nsocket = {folder}/no.sock\nserver = https://localhost:{unused_port()}\n")
    script = f"mount -t tmpfs -o size=8m none {place} && exec {doctor.program} doctor --json --config {folder}/small.conf"
    done = subprocess.run([str(ROOT / "tests" / "own_mounts"), "sh", "-c", script], capture_output=True, text=True, timeout=60)
    checks = {c["check"]: c for c in json.loads(done.stdout)["checks"]}
    assert checks["disk"]["state"] == "problem", checks["disk"]
    doctor.seen.add("disk")
    print(f"a disk that is nearly full: {checks['disk']['finding']} -> {checks['disk']['advice']}", flush=True)


def plain_user(doctor, desk):
    """Somebody else than root, with and without an agent: what he cannot see is said to be so."""
    desk.config.chmod(0o600)
    subprocess.run(["chmod", "-R", "a+rwX", doctor.environment["UMOCKDEV_DIR"]], check=True)
    found = doctor.expect("a plain user", of={"settings": "unknown"}, words=("--config", desk.config, "--socket", desk.socket), user=65534)
    assert found[("certificate", None)]["state"] == "ok" and found[("tls", None)]["state"] == "ok", "the agent tells him"
    doctor.expect("a plain user without an agent", "agent",
                  of={"settings": "unknown", "enrolment": "unknown", "access": "unknown", "server": "unknown"},
                  words=("--config", desk.config, "--socket", desk.folder / "no.sock"), user=65534)


def the_page(doctor, desk):
    """For a person: as wide as the paper, no colour where there is no terminal, a last line that sums it up."""
    text = doctor.ask("--config", desk.config, as_text=True)
    assert "\033" not in text and text.rstrip().splitlines()[-1].startswith("All is well"), text
    print(text)


def day(doctor, folder, connector, desk):
    lab.wait_for("the agent's socket", desk.socket.exists, 30)
    doctor.among(desk)
    lab.wait_for("both printers", lambda: len(json.loads(desk.platen("printers", "--json"))["printers"]) == 2, 90)
    lab.wait_for("an acknowledged report", lambda: json.loads(desk.platen("status", "--json"))["acknowledged_seq"], 60)
    doctor.expect("all is well", of=dict.fromkeys(("settings", "agent", "version", "printers", "access", "owner", "reading", "enrolment",
                                                   "link", "certificate", "ca", "disk", "acknowledged"), "ok"),
                  words=("--config", desk.config))
    the_page(doctor, desk)
    desk.do("sleep", LASER)
    lab.wait_for("its port sleeps", lambda: any(c["check"] == "power" and c["state"] == "note"
                                                for c in doctor.ask("--config", desk.config).values()), 30)
    doctor.expect("a printer that sleeps", of={"power": "note"}, words=("--config", desk.config))
    answers_of_the_agent(doctor, desk, folder)
    plain_user(doctor, desk)
    connector.stop()
    lab.wait_for("the agent notices", lambda: not json.loads(desk.platen("status", "--json"))["connected"], 60)
    doctor.expect("a connector that is down", "link", "tcp", words=("--config", desk.config))
    desk.stop()
    doctor.environment = dict(os.environ)
    doctor.expect("no agent, no printer, root looks into the sealed file", "agent", "printers", "tcp",
                  of={"enrolment": "ok", "certificate": "ok", "ca": "ok"}, words=("--config", desk.config))


# Every check that there is, so that a new one is not forgotten here; `quirk` is shown on a real kernel.
CHECKS = {"settings", "agent", "version", "printers", "access", "switched_off", "power", "owner", "reading", "enrolment", "link",
          "certificate", "ca", "server", "proxy", "dns", "tcp", "tls", "answer", "clock", "disk", "spool", "acknowledged"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, required=True)
    build = parser.parse_args().build.resolve()
    with tempfile.TemporaryDirectory(prefix="platen-doctor-") as name:
        folder = pathlib.Path(name)
        folder.chmod(EVERYBODY)
        doctor = Doctor(build, folder)
        with lab.site(build, folder, {n: lab.PROFILES / n for n in (LASER, ASLEEP)}) as (connector, desk):
            try:
                day(doctor, folder, connector, desk)
            except BaseException:
                sys.stderr.write(desk.log.read_text(errors="replace")[-3000:])
                raise
        the_way(doctor, folder)
        small_disk(doctor, desk, folder)
        assert doctor.seen == CHECKS, f"not shown: {CHECKS - doctor.seen}, not listed: {doctor.seen - CHECKS}"
    return 0


if __name__ == "__main__":
    sys.exit(main())
