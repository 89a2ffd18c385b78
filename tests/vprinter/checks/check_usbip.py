#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The USB/IP server speaks the protocol of the kernel's documentation (usbip_protocol.rst) to a client of our own: list,
import, control and bulk transfers, unlink, stall, and a pulled plug. (A real kernel is asked in tests/truth.)"""
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading

PROFILES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "profiles")
VERSION = 0x0111
EPIPE, ECONNRESET = 32, 104


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Client:
    def __init__(self, port):
        self.s = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.sequence = 0

    def take(self, n):
        data = b""
        while len(data) < n:
            part = self.s.recv(n - len(data))
            if not part:
                raise EOFError
            data += part
        return data

    def devices(self):
        self.s.sendall(struct.pack(">HHI", VERSION, 0x8005, 0))
        version, code, status, count = struct.unpack(">HHII", self.take(12))
        assert (version, code, status) == (VERSION, 0x0005, 0)
        found = []
        for _ in range(count):
            d = self.take(312)
            interfaces = [tuple(self.take(4)[:3]) for _ in range(d[311])]
            found.append((d[256:288].rstrip(b"\0").decode(), struct.unpack(">HH", d[300:304]), interfaces))
        return found

    def attach(self, busid):
        self.s.sendall(struct.pack(">HHI", VERSION, 0x8003, 0) + busid.encode().ljust(32, b"\0"))
        _, code, status = struct.unpack(">HHI", self.take(8))
        assert code == 0x0003
        if status == 0:
            self.take(312)
        return status

    def submit(self, endpoint, incoming, data=b"", length=0, setup=bytes(8)):
        self.sequence += 1
        length = length or len(data)
        self.s.sendall(struct.pack(">IIIIIIIIII", 1, self.sequence, 0, int(incoming), endpoint, 0, length, 0, 0, 0)
                       + setup + (b"" if incoming else data))
        return self.sequence

    def answer(self):
        """(command, sequence, status, data)"""
        h = self.take(48)
        command, sequence, _, _, _, status, actual = struct.unpack(">IIIIIiI", h[:28])
        data = b""
        if command == 3 and sequence in self.incoming:
            data = self.take(actual)
        return command, sequence, status, data if command == 3 and sequence in self.incoming else actual

    incoming = frozenset()

    def control(self, kind, request, value, index, length):
        setup = struct.pack("<BBHHH", kind, request, value, index, length)
        n = self.submit(0, True, length=length, setup=setup)
        self.incoming = {n}
        return self.answer()[2:]

    def out(self, endpoint, data):
        self.submit(endpoint, False, data)
        self.incoming = set()
        return self.answer()[2:]

    def read(self, endpoint, length):
        n = self.submit(endpoint, True, length=length)
        self.incoming = {n}
        return self.answer()[2:]

    def unlink(self, victim):
        self.sequence += 1
        self.s.sendall(struct.pack(">IIIIII", 2, self.sequence, 0, 0, 0, victim) + bytes(24))
        self.incoming = set()
        return self.answer()


def transfers(c):
    status, d = c.control(0x80, 6, 0x0100, 0, 18)
    assert status == 0 and len(d) == 18 and struct.unpack("<HH", d[8:12]) == (0x03F0, 0x822A)
    status, d = c.control(0xA1, 0, 0, 0, 1024)
    assert status == 0 and struct.unpack(">H", d[:2])[0] == len(d) and b"MFG:HP;" in d
    assert c.control(0xA1, 0x55, 0, 0, 8)[0] == -EPIPE
    assert c.control(0x01, 11, 1, 1, 0)[0] == 0  # SET_INTERFACE
    question = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    assert c.out(2, question) == (0, len(question))
    status, d = c.read(2, 16384)
    assert status == 0 and d.startswith(b"HTTP/1.1 200 OK\r\n")


def unlinking(c):
    n = c.submit(2, True, length=512)
    command, _, status, _ = c.unlink(n)
    assert (command, status) == (4, -ECONNRESET)
    assert c.control(0x80, 8, 0, 0, 1) == (0, b"\x01")


def main():
    port = free_port()
    with tempfile.TemporaryDirectory() as d:
        control = os.path.join(d, "control")
        program = os.environ["VPRINTER"]
        p = subprocess.Popen([program, "--profile", f"hp={PROFILES}/hp-mfp", "--profile", f"br={PROFILES}/brother-laser",
                              "--usbip", str(port), "--control", control, "--spool", d], stdout=subprocess.PIPE, text=True)
        try:
            assert p.stdout.readline() == f"USBIP_PORT={port}\n" and p.stdout.readline() == "ready\n"
            assert Client(port).devices() == [("1-1", (0x03F0, 0x822A), [(7, 1, 2), (255, 4, 1), (255, 4, 1)]),
                                              ("1-2", (0x04F9, 0x0322), [(7, 1, 2)])]
            assert Client(port).attach("1-9") == 1
            c = Client(port)
            assert c.attach("1-1") == 0
            assert Client(port).attach("1-1") == 1  # somebody has it
            transfers(c)
            unlinking(c)
            c.submit(2, True, length=512)
            threading.Timer(0.2, subprocess.run, [[program, "--control", control, "do", "unplug", "hp"]]).start()
            try:
                c.take(1)
            except EOFError:
                pass
            else:
                raise AssertionError("the plug was pulled")
            assert [name for name, _, _ in Client(port).devices()] == ["1-2"]
            subprocess.run([program, "--control", control, "do", "plug", "hp"], check=True)
            c = Client(port)
            assert c.attach("1-1") == 0
            transfers(c)
        finally:
            p.terminate()
            code = p.wait(10)
        assert code == 0, code
    print("USB/IP: ok")


if __name__ == "__main__":
    sys.exit(main())
