# SPDX-License-Identifier: Apache-2.0
"""The audit at a log collector: a real rsyslogd, TLS with a CA of one's own, /dev/log; a collector that goes away and comes back,
a server that is stopped between: every entry arrives, in order. What leaves stands in a file."""
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import unittest

from case import BUILD, lab
from pc import openssl

LINE = re.compile(r'^<(\d+)>1 (\S+) (\S+) platen-connector (\d+) audit - chain=(\S+) seq=(\d+) who="((?:[^"\\]|\\.)*)" '
                  r'what="((?:[^"\\]|\\.)*)" subject="((?:[^"\\]|\\.)*)" address="([^"]*)" outcome="(\d*)" head=([0-9a-f]{64})$')


class Collector:
    """Takes octet-counted messages (RFC 6587) over TCP or TLS."""

    def __init__(self, context=None, port=0):
        self.context, self.got, self.links = context, [], []
        self.listener = socket.create_server(("127.0.0.1", port))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            try:
                link, _ = self.listener.accept()
            except OSError:
                return
            self.links.append(link)
            threading.Thread(target=self.take, args=(link,), daemon=True).start()

    def take(self, link):
        try:
            if self.context:
                link = self.context.wrap_socket(link, server_side=True)
            stream = link.makefile("rb")
            while True:
                size = b""
                while (byte := stream.read(1)) not in (b" ", b""):
                    size += byte
                if not size:
                    return
                self.got.append(stream.read(int(size)).decode())
        except (OSError, ValueError):
            pass

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for link in self.links:
            try:
                link.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            link.close()


class Syslog(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="platen-syslog-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.connector = lab.Connector(BUILD, self.folder)
        self.addCleanup(self.connector.stop)

    def start(self, to, *more):
        self.connector.serve_options = ["--syslog", to, *map(str, more)]
        self.connector.start()

    def act(self, note):
        self.connector.api("POST", "/enrolment-tokens", {"note": note})

    def heads(self):
        """The audit as the admin API tells it, oldest first."""
        return [e["hash"] for e in reversed(self.connector.api("GET", "/audit?limit=1000")["items"])]

    def arrived(self, lines):
        """All entries are among the lines, in their order (the last few may come twice)."""
        def look():
            seen = list(dict.fromkeys(m[12] for m in map(LINE.match, lines()) if m))
            return seen == self.heads()
        lab.wait_for("the audit's arrival", look, 60, every=0.2)
        for line in lines():
            self.assertRegex(line, LINE)

    def test_a_collector_that_comes_and_goes(self):
        collector, trace = Collector(), self.folder / "outgoing.log"
        port = collector.port
        self.start(f"tcp:127.0.0.1:{port}", "--trace-outgoing", trace)
        self.act('a "quoted" \\ note')
        self.connector.call("POST", "/login", {"name": "nobody", "password": "x"})
        self.arrived(lambda: collector.got)
        refused = [m for m in map(LINE.match, collector.got) if m[11] == "401"]
        self.assertEqual([(m[1], m[7], m[10]) for m in refused], [("108", "nobody", "127.0.0.1")])
        collector.close()
        for n in range(5):
            self.act(f"while it was away {n}")
        self.connector.stop()
        first = list(collector.got)
        collector = Collector(port=port)
        self.addCleanup(collector.close)
        self.connector.start()
        self.act("after the start")
        self.arrived(lambda: first + collector.got)
        self.assertEqual(trace.stat().st_mode & 0o777, 0o600)
        noted = [line.split(" ", 2) for line in trace.read_text().splitlines()]
        self.assertEqual({to for _, to, _ in noted}, {f"tcp:127.0.0.1:{port}"})
        self.assertLessEqual(set(first + collector.got), {text for _, _, text in noted}, "what arrived was noted")

    def test_tls_and_who_may_vouch_for_it(self):
        certificate, key = self.folder / "c.pem", self.folder / "c.key"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 10, "-subj", "/CN=logs",
                "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        collector = Collector(context)
        self.addCleanup(collector.close)
        self.start(f"tls:localhost:{collector.port}")
        self.act("not for everybody")
        lab.wait_for("a refusal", lambda: "the audit waits for its collector" in self.connector.log.read_text(), 30)
        self.assertEqual(collector.got, [], "a stranger's collector gets nothing")
        self.connector.stop()
        self.start(f"tls:127.0.0.1:{collector.port}", "--syslog-ca", certificate)
        self.act("another name")
        lab.wait_for("a refusal", lambda: self.connector.log.read_text().count("waits for its collector") == 2, 30)
        self.assertEqual(collector.got, [], "a certificate of another name is another's")
        self.connector.stop()
        self.start(f"tls:localhost:{collector.port}", "--syslog-ca", certificate)
        self.arrived(lambda: collector.got)

    def test_this_machines_own_log(self):
        where = self.folder / "log"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
            log.bind(str(where))
            log.settimeout(0.2)
            got = []

            def lines():
                try:
                    while True:
                        got.append(log.recv(10000).decode())
                except TimeoutError:
                    return got

            self.start(f"unix:{where}")
            self.act("here")
            self.arrived(lines)
            self.connector.stop()

    @unittest.skipUnless(shutil.which("rsyslogd"), "rsyslogd is not installed")
    def test_rsyslogd(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        out, conf = self.folder / "out.log", self.folder / "rsyslog.conf"
        conf.write_text(f'global(workDirectory="{self.folder}" maxMessageSize="16k")\nmodule(load="imtcp")\n'
                        f'template(name="parts" type="string" string="%pri% %app-name% %procid% %msgid% %timestamp:::date-rfc3339% '
                        f'%msg%\\n")\nruleset(name="all") {{ action(type="omfile" file="{out}" template="parts") }}\n'
                        f'input(type="imtcp" port="{port}" address="127.0.0.1" ruleset="all")\n')
        daemon = subprocess.Popen(["rsyslogd", "-n", "-f", conf, "-i", self.folder / "pid"], stderr=subprocess.DEVNULL)
        self.addCleanup(lab.stop, daemon)
        self.start(f"tcp:127.0.0.1:{port}")
        self.act("at a real one")

        def all_there():
            lines = out.read_text().splitlines() if out.exists() else []
            return [m[1] for line in lines if (m := re.search(r"head=([0-9a-f]{64})$", line))] == self.heads()

        lab.wait_for("every entry in rsyslogd's file", all_there, 60, every=0.3)
        for line in out.read_text().splitlines():
            self.assertRegex(line, rf"^10[89] platen-connector {self.connector.process.pid} audit \d{{4}}-\S+ +chain=(server|\S{{36}}) seq=\d+ ")

    def test_what_cannot_be_meant(self):
        for words in (("--syslog", "logs.example.org"), ("--syslog", "tcp:nowhere"), ("--trace-outgoing", "x"),
                      ("--syslog", "tls:a:1", "--syslog-ca", "/nothing")):
            done = subprocess.run([self.connector.program, "serve", "--data", str(self.connector.data), "--listen", "127.0.0.1",
                                   "--sda-port", "0", "--admin-port", "0", *words], capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 2, (words, done.stderr))

    def test_export_of_the_audit(self):
        self.connector.start()
        self.act("exported")
        text = self.connector.run("export", "audit")
        for head in self.heads():
            self.assertIn(head, text)
        self.assertEqual(text.count('"signature"'), len(self.connector.api("GET", "/audit")["heads"]))


if __name__ == "__main__":
    unittest.main()
