# SPDX-License-Identifier: Apache-2.0
"""A connector, virtual USB printers and an agent, started and stopped together: what tools/demo shows and many tests use.

Everything listens on loopback with ports the system chooses, lives in one folder, and ends by the pids started here.
"""
import contextlib
import http.client
import json
import os
import pathlib
import re
import secrets
import signal
import socket
import ssl
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROFILES = ROOT / "tests" / "vprinter" / "profiles"


class LabError(Exception):
    """Something did not start or did not happen; the text says what and where its log is."""


def wait_for(what, predicate, seconds, every=0.05):
    """Polls until predicate() is true-ish and returns that; LabError after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        got = predicate()
        if got:
            return got
        if time.monotonic() > end:
            raise LabError(f"{what} did not happen within {seconds} s")
        time.sleep(every)


def stop(process, seconds=10):
    """SIGTERM, then SIGKILL; returns the exit code."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return process.returncode


# An agent that is started again whenever it ends, as systemd does it: sh -c AGAIN AGENT CONFIG PID_FILE LOOP_PID_FILE. The file of the
# agent's pid is never seen half written.
AGAIN = """
echo $$ > "$3"
trap 'kill $agent; wait $agent; exit 0' TERM
while :; do "$0" --config "$1" & agent=$!; echo $agent > "$2.new"; mv "$2.new" "$2"; wait $agent; done
"""


class Relay:
    """Passes TCP on to a port of loopback. A test's own kind says in `through` what becomes of each piece."""

    def __init__(self, port):
        self.to = port
        self.links = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def through(self, link, down, data):
        """What goes on of `data`, that came on connection number `link`; `down`: from the server. None cuts the connection."""
        return data

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.to))
            except OSError:
                client.close()
                continue
            for source, target, down in ((client, server, False), (server, client, True)):
                threading.Thread(target=self.pour, args=(source, target, self.links, down), daemon=True).start()
            self.links += 1

    def pour(self, source, target, link, down):
        with contextlib.suppress(OSError):
            while (data := source.recv(65536)) and (passed := self.through(link, down, data)) is not None:
                target.sendall(passed)
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.listener.close()


class Connector:
    """platen-connector on loopback, with one administrator."""

    user = "admin"

    def __init__(self, build, folder, env=None, names=("localhost",)):
        self.program = str(build / "connector" / "platen-connector")
        self.data = folder / "connector"
        self.log = folder / "connector.log"
        self.password = secrets.token_urlsafe(12)
        self.env = {**os.environ, **(env or {})}
        self.process = None
        self.session = None
        self.sda_port = self.admin_port = 0
        self.serve_options = []  # beside the usual ones
        self.run("init", *[a for n in names for a in ("--name", n)])
        self.run("user", "add", self.user, "--role", "admin", "--password-stdin", stdin=self.password + "\n")

    def run(self, verb, *args, stdin=None):
        """Runs a command of platen-connector on this data folder and returns its output."""
        words = [self.program, verb, *args, "--data", str(self.data)]
        done = subprocess.run(words, input=stdin, capture_output=True, text=True, env=self.env, timeout=60)
        if done.returncode != 0:
            raise LabError(f"{' '.join(words)}: exit {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def start(self):
        # Ports that the first start chose are kept, so that agents find the connector after a restart.
        with open(self.log, "ab") as log:
            begin = log.tell()
            self.process = subprocess.Popen(
                [self.program, "serve", "--data", str(self.data), "--listen", "127.0.0.1", "--sda-port", str(self.sda_port),
                 "--admin-port", str(self.admin_port), *self.serve_options], stdout=log, stderr=log, env=self.env)

        def ready():
            if self.process.poll() is not None:
                raise LabError(f"the connector ended with {self.process.returncode}; see {self.log}")
            text = self.log.read_bytes()[begin:].decode(errors="replace")
            return re.search(r"ready.*sda=\S*?:(\d+).*admin=\S*?:(\d+)", text)

        found = wait_for("the connector's start", ready, 30)
        self.sda_port, self.admin_port = int(found[1]), int(found[2])
        return self

    def stop(self):
        return stop(self.process) if self.process else 0

    def token(self):
        """A fresh enrolment token for this connector's own address."""
        out = self.run("token", "create", "--url", f"https://localhost:{self.sda_port}")
        return re.search(r"plt1\.[A-Za-z0-9_-]+", out)[0]

    @property
    def console(self):
        return f"https://localhost:{self.admin_port}/"

    def call(self, method, path, body=None, token=None):
        """One call of the admin API: (status, parsed JSON or None)."""
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # loopback, to a process started here
        link = http.client.HTTPSConnection("127.0.0.1", self.admin_port, timeout=30, context=context)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        link.request(method, "/api/v1" + path, json.dumps(body) if body is not None else None, headers)
        answer = link.getresponse()
        data = answer.read()
        link.close()
        return answer.status, json.loads(data) if data else None

    def api(self, method, path, body=None):
        """The same, signed in as the administrator; LabError for any status that is not 2xx."""
        if not self.session:
            status, answer = self.call("POST", "/login", {"name": self.user, "password": self.password})
            if status != 200:
                raise LabError(f"login: {status} {answer}")
            self.session = answer["token"]
        status, answer = self.call(method, path, body, self.session)
        if not 200 <= status < 300:
            raise LabError(f"{method} {path}: {status} {answer}")
        return answer


class Desk:
    """A PC with USB printers: virtual printers, and in their environment an agent or any other command."""

    def __init__(self, build, folder, profiles):
        self.build = build
        self.vprinter = str(build / "tests" / "vprinter" / "platen-vprinter")
        self.folder = folder
        self.profiles = profiles  # {name: folder}
        self.control = folder / "vprinter.sock"
        self.socket = folder / "agent.sock"
        self.state = folder / "agent"
        self.config = folder / "agent.conf"
        self.log = folder / "agent.log"
        self.pid_file, self.loop_file = folder / "agent.pid", folder / "loop.pid"
        self.process = None
        self.state.mkdir(mode=0o700, exist_ok=True)

    def configure(self, **settings):
        settings = {"state_dir": self.state, "socket": self.socket, **settings}
        self.config.write_text("".join(f"{k} = {v}\n" for k, v in settings.items()))
        self.config.chmod(0o600)

    def start_again_and_again(self, agent=None):
        """Starts the agent among the printers, and again whenever it ends; its pid stands in `pid_file`, the loop's in `loop_file`."""
        return self.start("sh", "-c", AGAIN, str(agent or self.build / "agent" / "platen-agent"), str(self.config), str(self.pid_file),
                          str(self.loop_file))

    def start(self, *command, env=None):
        """Plugs the printers in and runs `command` (default: the agent) among them."""
        command = command or (str(self.build / "agent" / "platen-agent"), "--config", str(self.config))
        words = [self.vprinter]
        for name, profile in self.profiles.items():
            words += ["--profile", f"{name}={profile}"]
        words += ["--control", str(self.control), "--spool", str(self.folder / "spool"), "--", *command]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(words, stdout=log, stderr=log, env={**os.environ, **(env or {})})
        wait_for("the virtual printers' start", lambda: self.alive() and self.control.exists(), 30)
        return self

    def alive(self):
        if self.process.poll() is not None:
            raise LabError(f"the virtual printers ended with {self.process.returncode}; see {self.log}")
        return True

    def stop(self):
        return stop(self.process) if self.process else 0

    def do(self, *words):
        """Says something to the virtual printers and returns their answer's text."""
        done = subprocess.run([self.vprinter, "--control", str(self.control), "do", *words], capture_output=True, text=True,
                              timeout=30)
        if done.returncode != 0:
            raise LabError(f"do {' '.join(words)}: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout

    def truth(self):
        """What the printers really are: {name: printer}."""
        return {name: json.loads(self.do("dump", name)) for name in self.profiles}

    def asked(self, name):
        """What was asked of a printer: a list of its log's entries."""
        return [json.loads(line) for line in self.do("log", name).splitlines() if line.strip()]

    def platen(self, *words, check=True):
        """Runs the platen command against this desk's agent; returns its standard output as bytes."""
        done = subprocess.run([str(self.build / "agent" / "platen"), *words, "--socket", str(self.socket)],
                              capture_output=True, timeout=60)
        if check and done.returncode != 0:
            raise LabError(f"platen {' '.join(words)}: exit {done.returncode}: {done.stderr.decode().strip()}")
        return done.stdout


@contextlib.contextmanager
def site(build, folder, profiles, connector_env=None, **settings):
    """A connector and an enrolled desk; both are stopped at the end, whatever happens."""
    folder = pathlib.Path(folder)
    connector = Connector(build, folder, env=connector_env)
    desk = Desk(build, folder, profiles)
    try:
        connector.start()
        desk.configure(token=connector.token(), **settings)
        desk.start()
        yield connector, desk
    finally:
        desk.stop()
        connector.stop()


def terminate_on_signals():
    """SIGTERM ends the program like Ctrl-C, so that what it started is ended too."""
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
