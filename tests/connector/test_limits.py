# SPDX-License-Identifier: Apache-2.0
"""Peers that take without giving: thousands of silent connections, heads that never end, one PC that asks too fast, an admin
port filled by one address. A good PC is served all the while, and afterwards everything is as it was."""
import http.client
import os
import resource
import socket
import ssl
import threading
import time
import unittest

from case import ConnectorCase, lab

HALF_OPEN = 15000
CUT_AFTER_S = 20 + 5 + 15  # the server's patience, its next look, and a busy machine


class Limits(ConnectorCase):
    def memory_mb(self):
        with open(f"/proc/{self.connector.process.pid}/status") as status:
            return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmRSS:"))

    def cpu_seconds(self):
        with open(f"/proc/{self.connector.process.pid}/stat") as stat:
            words = stat.read().rsplit(")", 1)[1].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    def silent(self, count, say=b""):
        """Connections from many addresses that say `say` and nothing more."""
        links = []
        for n in range(count):
            link = socket.socket()
            link.bind((f"127.0.{1 + n % 3}.{1 + n // 3 % 250}", 0))
            link.settimeout(30)
            link.connect(("127.0.0.1", self.connector.sda_port))
            if say:
                link.sendall(say)
            links.append(link)
        return links

    def test_thousands_of_silent_connections(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        room = hard - 1000  # the server has the same bound
        count = min(HALF_OPEN, room) if hard != resource.RLIM_INFINITY else HALF_OPEN
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        pc = self.pc("good")
        before, slowest, links = self.memory_mb(), 0.0, []
        stop, waits, failed = threading.Event(), [], []

        def go_on():
            while not stop.is_set():
                began = time.monotonic()
                answer = pc.report(pc.record("limits.test", {"n": len(waits)}))
                if answer.status != 200:
                    failed.append(answer.status)
                waits.append(time.monotonic() - began)
                time.sleep(0.05)

        good = threading.Thread(target=go_on)
        good.start()
        began = time.monotonic()
        try:
            links += self.silent(count // 3, b"\x16\x03\x01\x02\x00\x01")  # the beginning of a greeting
            links += self.silent(count - len(links))
            there, connected = self.metric("platen_sda_connections"), time.monotonic() - began
            most = self.memory_mb()
            newcomer = self.pc("newcomer")  # enrols in the midst of them
            self.assertEqual(newcomer.report(newcomer.hello()).status, 200)
            lab.wait_for("their end", lambda: self.metric("platen_sda_connections") < 10, CUT_AFTER_S, every=1)
        finally:
            stop.set()
            good.join()
            for link in links:
                link.close()
        slowest = max(waits)
        print(f"{count} silent connections within {connected:.0f} s ({there} at once), for {time.monotonic() - began:.0f} s: {most - before} MB more, "
              f"{len(waits)} reports of a good PC beside them, the slowest {slowest:.2f} s")
        self.assertEqual(failed, [])
        self.assertGreater(there, 2000)  # a slow machine cuts the first before the last have come
        self.assertGreater(len(waits), 20)
        self.assertLess((most - before) * 1024 / there, 100, "kilobytes for one of them")

    def test_handshakes_that_stop_half_way_cost_no_processor(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        with self.assertRaises(ssl.SSLWantReadError):
            context.wrap_bio(incoming, outgoing).do_handshake()
        links = self.silent(100, outgoing.read())  # a whole greeting: the server answers, and waits
        for link in links:
            self.addCleanup(link.close)
            self.assertTrue(link.recv(1))
        before = self.cpu_seconds()
        time.sleep(2)
        spent = self.cpu_seconds() - before
        print(f"100 handshakes half way: {spent:.2f} s of processor time within 2 s")
        self.assertLess(spent, 0.5)

    def test_heads_and_bodies_that_never_end(self):
        pc = self.pc("slow")
        links = {}
        for what, first in (("head", b"GET /sda/v1/config HTTP/1.1\r\nHost: x\r\n"), ("line", b"GET /sda")):
            link = pc.connect()
            link.connect()
            link.sock.sendall(first)
            links[what] = link.sock
        began, ended = time.monotonic(), {}
        while len(ended) < len(links) and time.monotonic() - began < CUT_AFTER_S:
            for what, sock in links.items():
                if what in ended:
                    continue
                try:
                    sock.sendall(b"X" if what == "line" else b"X-A: b\r\n")
                    sock.settimeout(0.01)
                    if sock.recv(1) == b"":
                        ended[what] = time.monotonic() - began
                except TimeoutError:
                    pass
                except OSError:
                    ended[what] = time.monotonic() - began
            time.sleep(0.5)
        self.assertEqual(set(ended), set(links), "a byte now and then keeps nobody")
        self.assertEqual(pc.report(pc.record("limits.test", {})).status, 200)
        for sock in links.values():
            sock.close()

    def test_one_address_does_not_fill_the_admin_port(self):
        def connect(address):
            link = socket.create_connection(("127.0.0.1", self.connector.admin_port), timeout=10, source_address=(address, 0))
            self.addCleanup(link.close)
            return link

        crowd = [connect("127.0.9.9") for _ in range(390)]
        time.sleep(1)
        context = ssl._create_unverified_context()
        other = context.wrap_socket(connect("127.0.9.10"))
        self.addCleanup(other.close)
        other.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        self.assertIn(b"200 OK", other.recv(200))
        gone = 0
        for link in crowd:
            link.setblocking(False)
            try:
                gone += link.recv(1) == b""
            except BlockingIOError:
                pass
            except OSError:
                gone += 1
        self.assertEqual(gone, 190, "two hundred of one address stay")

    def test_one_pc_that_asks_too_fast(self):
        self.connector.stop()
        self.connector.serve_options = ["--agent-rate", "2"]
        self.connector.start()
        try:
            fast, other = self.pc("fast", enrol=False), self.pc("calm", enrol=False)
            for pc in (fast, other):
                self.assertEqual(pc.enroll(self.connector.token()).status, 200)
            answers = [fast.call("GET", "/config") for _ in range(60)]
            refused = [a for a in answers if a.status == 429]
            self.assertGreater(len(refused), 5)
            self.assertGreaterEqual([a.status for a in answers].count(200), 40)
            self.assertError(refused[0], 429, "too_fast")
            self.assertEqual(refused[0].headers["Retry-After"], "5")
            self.assertEqual(other.call("GET", "/config").status, 200)
            time.sleep(1.5)
            self.assertEqual(fast.call("GET", "/config").status, 200, "and on again after a while")
        finally:
            self.connector.stop()
            self.connector.serve_options = []
            self.connector.start()


if __name__ == "__main__":
    unittest.main()
