#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Printers come and go: two programs see every event, a pending transfer ends, a hundred times leave nothing behind."""
import os
import pathlib
import subprocess
import sys
import time

import bench

WATCHER = """
import socket, sys
NETLINK_KOBJECT_UEVENT = 15
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_KOBJECT_UEVENT)
s.bind((0, 2))
print("listening", flush=True)
while True:
    words = s.recv(8192)[40:].split(b"\\0")
    seen = dict(w.split(b"=", 1) for w in words if b"=" in w)
    if seen.get(b"DEVTYPE") == b"usb_device":
        print(seen[b"ACTION"].decode(), flush=True)
"""
ROUNDS = 100


def watch():
    """A program of its own that hears udev events; all of them get the same descriptor number."""
    p = subprocess.Popen([sys.executable, "-c", WATCHER], stdout=subprocess.PIPE, text=True)
    assert p.stdout.readline() == "listening\n"
    return p


def events():
    watchers = [watch(), watch(), watch()]
    for _ in range(5):
        bench.do("unplug", "hp-mfp")
        bench.do("plug", "hp-mfp")
    for p in watchers:
        heard = [p.stdout.readline().strip() for _ in range(10)]
        assert heard == ["remove", "add"] * 5, heard
        p.kill()
        p.wait()


def pending():
    """A print job under way ends when the plug is pulled."""
    bench.do("set", "hp-mfp", "state-reason", "+media-empty")
    job = bench.SPOOL / "big"
    job.write_bytes(os.urandom(1 << 20))
    start = time.monotonic()
    p = subprocess.Popen([bench.USB_CLIENT, "03f0:822a", "send", "0", "0", str(job)], stderr=subprocess.PIPE, text=True)
    bench.wait_for("the job has begun", lambda: [e for e in bench.log("hp-mfp") if e["what"] == "job"])
    bench.do("unplug", "hp-mfp")
    said = p.communicate(timeout=10)[1]
    assert p.returncode == 1 and "NO_DEVICE" in said, said
    assert time.monotonic() - start < 8
    bench.do("plug", "hp-mfp")


def threads_and_files():
    pid = int(next(line.split()[1] for line in pathlib.Path(f"/proc/{os.getpid()}/status").read_text().splitlines()
                   if line.startswith("PPid")))
    return len(os.listdir(f"/proc/{pid}/fd")), len(os.listdir(f"/proc/{pid}/task"))


def often():
    before = threads_and_files()
    for i in range(ROUNDS):
        bench.do("unplug", "hp-mfp")
        bench.do("plug", "hp-mfp")
        if i % 10 == 0:
            assert bench.usb("hp-mfp", "id", 0, 0)[2:5] == b"MFG"
            assert b"HP" in bench.fetch("hp-mfp", "/")
            with open(bench.lp("hp-mfp"), "rb+", buffering=0) as f:
                f.write(b"")
    bench.wait_for("all is closed again", lambda: threads_and_files()[1] <= before[1])
    files, threads = threads_and_files()
    assert files <= before[0] + 2 and threads == before[1], (before, files, threads)
    devices = sorted(os.listdir("/sys/bus/usb/devices"))
    assert devices == ["1-1", "1-1:1.0", "1-1:1.1", "1-1:1.2", "usb1"], devices
    assert sorted(os.listdir("/dev/usb")) == ["lp0"]
    assert len(os.listdir("/dev/bus/usb/001")) == 2


def main():
    events()
    pending()
    often()
    print("plugging: ok")


if __name__ == "__main__":
    main()
