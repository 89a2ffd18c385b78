#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The agent's way to a TLS server, against servers and a proxy that nobody here wrote.

usage: agent_tls.py DIAL    (the program `dial`, which calls as the agent does and says in one line how it went)

`openssl s_server` and `gnutls-serv` show certificates that `openssl` makes here; tinyproxy stands between. Each failure has to
come with its own sentence, and none may be taken for another.
"""
import contextlib
import hashlib
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

DIAL = str(pathlib.Path(sys.argv.pop(1)).resolve())
TEMP = tempfile.TemporaryDirectory(prefix="platen-tls-")
FOLDER = pathlib.Path(TEMP.name)
DAY = 86400
ENV = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}


def openssl(*words, stdin=None):
    return subprocess.run(["openssl", *words], input=stdin, capture_output=True, check=True, cwd=FOLDER).stdout


def asn1(seconds_from_now):
    return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + seconds_from_now))


def make_key(name):
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", f"{name}.key")


def make_ca(name):
    """A CA of its own: NAME.key, NAME.crt."""
    make_key(name)
    openssl("req", "-x509", "-new", "-key", f"{name}.key", "-subj", f"/CN={name}", "-days", "30", "-out", f"{name}.crt",
            "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign")


def make_certificate(name, ca, san="DNS:localhost", begin=-DAY, end=30 * DAY, usage="serverAuth"):
    """NAME.crt, signed by `ca`, followed by the CA's own, as the connector shows them. `openssl ca` knows exact times."""
    make_key(name)
    work = FOLDER / f"{name}.ca"
    work.mkdir()
    (work / "index").touch()
    (work / "serial").write_text(hashlib.sha256(name.encode()).hexdigest()[:16])
    (work / "conf").write_text(
        f"[ca]\ndefault_ca=d\n[d]\ndatabase={work}/index\nserial={work}/serial\nnew_certs_dir={work}\ndefault_md=sha256\n"
        f"policy=p\nx509_extensions=x\n[p]\ncommonName=supplied\n[x]\nbasicConstraints=critical,CA:FALSE\n"
        f"subjectAltName={san}\nextendedKeyUsage={usage}\n[req]\ndistinguished_name=n\n[n]\n")
    openssl("req", "-new", "-key", f"{name}.key", "-subj", f"/CN={name}", "-out", f"{name}.csr", "-config", f"{work}/conf")
    openssl("ca", "-batch", "-config", f"{work}/conf", "-cert", f"{ca}.crt", "-keyfile", f"{ca}.key", "-in", f"{name}.csr",
            "-out", f"{name}.leaf", "-notext", "-startdate", asn1(begin), "-enddate", asn1(end))
    (FOLDER / f"{name}.crt").write_bytes((FOLDER / f"{name}.leaf").read_bytes() + (FOLDER / f"{ca}.crt").read_bytes())


def pin(name):
    public = openssl("x509", "-in", f"{name}.crt", "-pubkey", "-noout")
    return "sha256:" + hashlib.sha256(openssl("pkey", "-pubin", "-outform", "DER", stdin=public)).hexdigest()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for_port(port, process):
    for _ in range(200):
        if process.poll() is not None:
            raise AssertionError(f"{process.args[0]} ended with {process.returncode}")
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"{process.args[0]} does not listen")


def setUpModule():
    make_ca("ca")
    make_ca("stranger")
    make_certificate("good", "ca")
    make_certificate("address", "ca", san="IP:127.0.0.1,IP:::1")
    make_certificate("expired", "ca", begin=-20 * DAY, end=-10 * DAY)
    make_certificate("future", "ca", begin=10 * DAY, end=20 * DAY)
    make_certificate("elsewhere", "ca", san="DNS:other.example,DNS:www.other.example")
    make_certificate("forged", "stranger")
    make_certificate("pc", "ca", san="DNS:pc", usage="clientAuth")
    # A forger shows the genuine CA's certificate, which is public, behind one that it did not sign.
    (FOLDER / "dressed.crt").write_bytes((FOLDER / "forged.leaf").read_bytes() + (FOLDER / "ca.crt").read_bytes())
    (FOLDER / "dressed.key").write_bytes((FOLDER / "forged.key").read_bytes())
    for name in ("good", "ca"):
        (FOLDER / f"{name}.txt").write_text("hello")


def tearDownModule():
    TEMP.cleanup()


class Case(unittest.TestCase):
    def serve(self, *words, port):
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   stdin=subprocess.PIPE, cwd=FOLDER)  # s_server ends when its input does
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.addCleanup(process.stdin.close)
        wait_for_port(port, process)
        return port

    def openssl_server(self, name, *more):
        port = free_port()
        return self.serve("openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", f"{name}.crt", "-cert_chain",
                          f"{name}.crt", "-key", f"{name}.key", "-WWW", *more, port=port)

    def dial(self, url, *words):
        """(how it went, the sentence, seconds)"""
        begin = time.monotonic()
        done = subprocess.run([DIAL, url, *words], capture_output=True, text=True, timeout=60, cwd=FOLDER, env=ENV)
        lines = done.stdout.splitlines()
        self.assertTrue(lines, done.stderr)
        self.assertEqual(done.returncode == 0, lines[-1].startswith("ok "), done.stdout + done.stderr)
        self.assertNotIn("Sanitizer", done.stderr)
        how, _, sentence = lines[-1].partition(" ")
        return how, sentence, time.monotonic() - begin

    def refused(self, url, *words, how="untrusted", says):
        got, sentence, _ = self.dial(url, *words)
        self.assertEqual(got, how, sentence)
        self.assertRegex(sentence, says)

    def trusted(self, url, *words, body="200 5"):
        how, sentence, _ = self.dial(url, *words)
        self.assertEqual((how, sentence), ("ok", body))


class Trust(Case):
    def test_good_certificate_by_pin_and_by_ca_file(self):
        url = f"https://localhost:{self.openssl_server('good')}"
        self.trusted(url, "--pin", pin("ca"), "--get", "/good.txt")
        self.trusted(url, "--ca", "ca.crt", "--get", "/good.txt")
        self.trusted(url, "--pin", pin("stranger"), "--pin", pin("ca"), "--get", "/good.txt")

    def test_good_certificate_of_gnutls(self):
        port = free_port()
        self.serve("gnutls-serv", "--http", "--port", str(port), "--x509certfile", "good.crt", "--x509keyfile", "good.key",
                   port=port)
        how, sentence, _ = self.dial(f"https://localhost:{port}", "--pin", pin("ca"))
        self.assertEqual(how, "ok", sentence)

    def test_addresses_have_to_be_in_the_certificate(self):
        port = self.openssl_server("address")
        self.trusted(f"https://127.0.0.1:{port}", "--pin", pin("ca"), "--get", "/good.txt")
        self.refused(f"https://localhost:{port}", "--pin", pin("ca"), says="not for localhost")
        self.refused(f"https://127.0.0.1:{self.openssl_server('good')}", "--pin", pin("ca"), says="not for 127.0.0.1")

    def test_expired(self):
        day = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 10 * DAY))
        for trust in (("--pin", pin("ca")), ("--ca", "ca.crt")):
            self.refused(f"https://localhost:{self.openssl_server('expired')}", *trust,
                         says=f"certificate expired on {day}: .*clock")

    def test_not_yet_valid(self):
        self.refused(f"https://localhost:{self.openssl_server('future')}", "--ca", "ca.crt", says="valid from .* clock right")

    def test_wrong_host(self):
        for trust in (("--pin", pin("ca")), ("--ca", "ca.crt")):
            self.refused(f"https://localhost:{self.openssl_server('elsewhere')}", *trust,
                         says="is for other.example, www.other.example, not for localhost")

    def test_wrong_pin(self):
        self.refused(f"https://localhost:{self.openssl_server('good')}", "--pin", pin("stranger"),
                     says="not the server of the enrolment token")

    def test_pinned_certificate_that_signed_nothing(self):
        self.refused(f"https://localhost:{self.openssl_server('dressed')}", "--pin", pin("ca"),
                     says="does not lead to the pinned CA")

    def test_unknown_ca(self):
        url = f"https://localhost:{self.openssl_server('forged')}"
        self.refused(url, "--ca", "ca.crt", says="does not lead to the certificates of ca_file")
        self.refused(url, "--system", "yes", says="does not lead to a CA that this PC trusts")

    def test_nothing_to_trust_by(self):
        self.refused("https://localhost:1", says="give a token or ca_file")
        self.refused("https://localhost:1", "--ca", "good.txt", how="invalid", says="no certificate in .*ca_file")
        self.refused("https://localhost:1", "--ca", "missing.crt", how="not-found", says="missing.crt")


class Session(Case):
    def test_client_certificate(self):
        url = f"https://localhost:{self.openssl_server('good', '-Verify', '1', '-CAfile', 'ca.crt', '-verify_return_error')}"
        self.trusted(url, "--pin", pin("ca"), "--cert", "pc.crt", "--key", "pc.key", "--get", "/good.txt")
        self.refused(url, "--pin", pin("ca"), how="refused", says="refused the TLS handshake.*certificate")

    def test_second_connection_resumes(self):
        """The server itself says whether a session was reused: its status page is asked for."""
        port = free_port()
        self.serve("openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", "good.crt", "-key", "good.key", "-www",
                   "-cert_chain", "good.crt", port=port)
        log = ssl_log_of(port, self)
        self.assertEqual(log.count("Reused"), 2, log)
        self.assertEqual(log.count("New"), 1, log)

    def test_tls_1_1_is_not_spoken(self):
        url = f"https://localhost:{self.openssl_server('good', '-tls1_1', '-cipher', 'DEFAULT@SECLEVEL=0')}"
        how, sentence, _ = self.dial(url, "--pin", pin("ca"))
        self.assertIn(how, ("refused", "gone", "protocol"), sentence)


def ssl_log_of(port, case):
    """Calls the status page three times in one process; what the pages say of each session."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(30)
    shown = []

    def relay(client, server):
        # Only looks at the first byte of what the client sends after its hello: a full handshake goes on with a key
        # exchange (type 22), a resumed one with ChangeCipherSpec (type 20).
        def down():
            with contextlib.suppress(OSError):
                while data := server.recv(65536):
                    client.sendall(data)

        thread = threading.Thread(target=down)
        thread.start()
        sent = 0
        while data := client.recv(65536):
            if sent == 1:
                shown.append("Reused" if data[0] == 20 else "New")
            sent += 1
            server.sendall(data)
        server.shutdown(socket.SHUT_RDWR)
        thread.join()

    def accept():
        for _ in range(3):
            with listener.accept()[0] as client, socket.create_connection(("127.0.0.1", port)) as server:
                relay(client, server)

    thread = threading.Thread(target=accept)
    thread.start()
    how, sentence, _ = case.dial(f"https://localhost:{listener.getsockname()[1]}", "--pin", pin("ca"), "--times", "3")
    case.assertEqual(how, "ok", sentence)
    thread.join()
    listener.close()
    return " ".join(shown)


class Cut(Case):
    """A server in this process, which can stop at any byte; its TLS is OpenSSL's."""

    def listen(self, after_handshake, tls=True):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(FOLDER / "good.crt", FOLDER / "good.key")
        listener = socket.create_server(("127.0.0.1", 0))

        def run():
            stream, _ = listener.accept()
            listener.close()
            try:
                if tls:
                    stream = context.wrap_socket(stream, server_side=True)
                after_handshake(stream)
            except OSError:
                pass  # the client went away first
            stream.close()

        threading.Thread(target=run, daemon=True).start()
        return f"https://localhost:{listener.getsockname()[1]}"

    HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"

    def test_cut_in_mid_body(self):
        def serve(stream):
            stream.recv(4096)
            stream.sendall(self.HEAD + b"x" * 300)
            os.close(stream.detach())  # no close_notify: the cable is out

        self.refused(self.listen(serve), "--pin", pin("ca"), how="gone", says="cut")

    def test_closed_in_mid_body(self):
        def serve(stream):
            stream.recv(4096)
            stream.sendall(self.HEAD + b"x" * 300)
            stream.unwrap()  # a proper end of TLS, but not of the answer

        how, sentence, _ = self.dial(self.listen(serve), "--pin", pin("ca"))
        self.assertIn(how, ("gone", "protocol"), sentence)

    def test_closed_in_mid_handshake(self):
        self.refused(self.listen(lambda raw: raw.recv(50), tls=False), "--pin", pin("ca"), how="gone",
                     says="closed the connection during the TLS handshake|reset")

    def test_no_tls_there(self):
        self.refused(self.listen(lambda raw: (raw.recv(50), raw.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 50),
                                              time.sleep(1)), tls=False),
                     "--pin", pin("ca"), how="protocol", says="does not speak TLS")

    def test_silence_ends_at_the_deadline(self):
        how, sentence, took = self.dial(self.listen(lambda raw: time.sleep(30), tls=False), "--pin", pin("ca"))
        self.assertEqual(how, "timeout", sentence)
        self.assertTrue(9 < took < 15, took)

    def test_a_stop_does_not_wait(self):
        def serve(stream):
            stream.recv(4096)
            time.sleep(30)

        for tls in (True, False):  # in the answer, and in the handshake
            how, sentence, took = self.dial(self.listen(serve, tls=tls), "--pin", pin("ca"), "--stop-after", "300")
            self.assertEqual(how, "cancelled", sentence)
            self.assertLess(took, 2)

    def test_nobody_listens(self):
        self.refused(f"https://localhost:{free_port()}", "--pin", pin("ca"), how="refused",
                     says="cannot connect to localhost port .*refused")

    def test_no_such_name(self):
        self.refused("https://platen.invalid", "--pin", pin("ca"), how="not-found", says="platen.invalid")


class Proxy(Case):
    """tinyproxy, with and without a password."""

    def tinyproxy(self, port_allowed, auth=""):
        port = free_port()
        conf = FOLDER / f"tinyproxy-{port}.conf"
        conf.write_text(f"Port {port}\nListen 127.0.0.1\nTimeout 60\nMaxClients 5\nConnectPort {port_allowed}\n"
                        f"PidFile \"{FOLDER}/tinyproxy.pid\"\nLogFile \"{FOLDER}/tinyproxy.log\"\n{auth}")
        return self.serve("tinyproxy", "-d", "-c", str(conf), port=port)

    def setUp(self):
        self.server = self.openssl_server("good")
        self.url = f"https://localhost:{self.server}"
        self.trust = ("--pin", pin("ca"), "--get", "/good.txt")

    def test_through_a_proxy(self):
        proxy = self.tinyproxy(self.server)
        self.trusted(self.url, *self.trust, "--proxy", f"http://127.0.0.1:{proxy}")

    def test_with_a_password(self):
        proxy = self.tinyproxy(self.server, "BasicAuth clerk s3cret\n")
        self.trusted(self.url, *self.trust, "--proxy", f"http://clerk:s3cret@127.0.0.1:{proxy}")

    def test_407(self):
        proxy = self.tinyproxy(self.server, "BasicAuth clerk s3cret\n")
        self.refused(self.url, *self.trust, "--proxy", f"http://127.0.0.1:{proxy}", how="denied",
                     says=rf"wants a user and password \(407\): set proxy = http://user:password@127.0.0.1:{proxy}")
        # tinyproxy answers a wrong password 401, as if it were the server; others say 407. Either is a clear no.
        how, sentence, _ = self.dial(self.url, *self.trust, "--proxy", f"http://clerk:wrong@127.0.0.1:{proxy}")
        self.assertIn(how, ("denied", "refused"))
        self.assertRegex(sentence, "the proxy 127.0.0.1 (does not take this user and password|refused the tunnel)")
        self.assertNotIn("wrong", sentence)

    def test_port_that_the_proxy_forbids(self):
        proxy = self.tinyproxy(1)
        self.refused(self.url, *self.trust, "--proxy", f"http://127.0.0.1:{proxy}", how="refused",
                     says=r"the proxy 127.0.0.1 refused the tunnel \(403\)")

    def test_proxy_that_is_not_there(self):
        self.refused(self.url, *self.trust, "--proxy", f"http://127.0.0.1:{free_port()}", how="refused",
                     says="the proxy: cannot connect")

    def test_certificate_counts_behind_a_proxy_too(self):
        proxy = self.tinyproxy(self.server)
        self.refused(self.url, "--pin", pin("stranger"), "--proxy", f"http://127.0.0.1:{proxy}",
                     says="not the server of the enrolment token")


if __name__ == "__main__":
    unittest.main(verbosity=1)
