#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""/dev/usb/lpN is what usblp makes of a printer: bytes both ways, poll, exclusive open, ioctls, sysfs, power."""
import errno
import fcntl
import hashlib
import os
import select
import struct
import subprocess
import time

import bench

LPGETSTATUS = 0x060B
GET_DEVICE_ID = 2 << 30 | 1000 << 16 | ord("P") << 8 | 1
QUESTION = bench.UEL + b"@PJL\r\n@PJL INFO ID\r\n" + bench.UEL


def exclusive(node):
    first = os.open(node, os.O_RDWR)
    for _ in range(2):
        try:
            os.open(node, os.O_RDWR)
        except OSError as e:
            assert e.errno == errno.EBUSY, e
        else:
            raise AssertionError("opened twice")
    elsewhere = subprocess.run(["dd", f"of={node}", "if=/dev/null"], capture_output=True, text=True, check=False)
    assert "busy" in elsewhere.stderr, elsewhere.stderr
    os.close(first)
    bench.wait_for("it can be opened again", lambda: opens(node))


def opens(node):
    try:
        os.close(os.open(node, os.O_RDWR))
        return True
    except OSError:
        return False


def bytes_both_ways(node):
    fd = os.open(node, os.O_RDWR | os.O_NONBLOCK)
    try:
        try:
            os.read(fd, 100)
        except BlockingIOError:
            pass
        else:
            raise AssertionError("there was something to read")
        assert not select.select([fd], [], [], 0)[0] and select.select([], [fd], [], 0)[1]
        start = time.monotonic()
        os.write(fd, QUESTION)
        assert select.select([fd], [], [], 3)[0]
        assert time.monotonic() - start > 0.35  # this printer thinks for 400 ms
        said = os.read(fd, 4096)
        assert said.startswith(b'@PJL INFO ID\r\n"Brother') and said.endswith(b"\f"), said
    finally:
        os.close(fd)


def requests(node):
    fd = os.open(node, os.O_RDWR)
    bits = bytearray(4)
    fcntl.ioctl(fd, LPGETSTATUS, bits)
    assert struct.unpack("i", bits)[0] == 0x18
    bench.do("set", "brother-laser", "state-reason", "+media-empty")
    fcntl.ioctl(fd, LPGETSTATUS, bits)
    assert struct.unpack("i", bits)[0] == 0x30
    bench.do("clear", "brother-laser")
    told = bytearray(1000)
    fcntl.ioctl(fd, GET_DEVICE_ID, told)
    n = struct.unpack(">H", told[:2])[0]
    assert told[2:n].startswith(b"MFG:Brother;") and not any(told[n:])
    try:
        fcntl.ioctl(fd, 0x5401, bytearray(64))  # TCGETS: it is no terminal
    except OSError as e:
        assert e.errno == errno.ENOTTY
    else:
        raise AssertionError("a printer is no terminal")
    os.close(fd)


def unread_bytes(node):
    """What nobody read is gone with usblp's open; what the printer has not yet sent comes to the next one."""
    fd = os.open(node, os.O_RDWR)
    os.write(fd, QUESTION)
    os.close(fd)  # before the answer: it waits in the printer
    time.sleep(0.6)
    fd = os.open(node, os.O_RDWR | os.O_NONBLOCK)
    assert select.select([fd], [], [], 2)[0], "the stale answer did not come"
    assert b"INFO ID" in os.read(fd, 4096)
    os.close(fd)


def big_job(node):
    job = os.urandom(300000)
    with open(node, "wb", buffering=0) as f:
        at = 0
        while at < len(job):
            at += f.write(job[at:at + 8192])
    done = bench.wait_for("the job", lambda: [j for j in bench.jobs("brother-laser") if j["bytes"] == len(job)], 20)
    assert done[0]["sha256"] == hashlib.sha256(job).hexdigest()
    raw = b"".join(p.read_bytes() for p in bench.SPOOL.glob("brother-laser/pipe-0-0.out"))
    assert raw.endswith(job)


def sysfs():
    sys = bench.device("brother-laser")
    interface = sys / f"{sys.name}:1.0"
    assert (interface / "driver").resolve().name == "usblp"
    assert (interface / "ieee1284_id").read_text().startswith("MFG:Brother;")
    node = next((interface / "usbmisc").iterdir())
    assert os.path.realpath(f"/sys/class/usbmisc/{node.name}") == str(node.resolve())
    assert (node / "device").resolve() == interface.resolve()
    number = os.stat(f"/dev/usb/{node.name}").st_rdev
    assert f"{os.major(number)}:{os.minor(number)}" == (node / "dev").read_text().strip()


def power(node):
    status = bench.device("brother-laser") / "power" / "runtime_status"
    bench.do("sleep", "brother-laser")
    bench.wait_for("it is suspended", lambda: status.read_text() == "suspended\n")
    (bench.device("brother-laser") / "descriptors").read_bytes()
    assert status.read_text() == "suspended\n"  # sysfs wakes nothing
    fd = os.open(node, os.O_RDWR)
    bench.wait_for("opening resumes it", lambda: status.read_text() == "active\n")
    os.close(fd)
    bench.wait_for("it is suspended again", lambda: status.read_text() == "suspended\n")
    events = [e["event"] for e in bench.log("brother-laser") if e["what"] == "power"]
    assert events[-3:] == ["suspend", "resume", "suspend"], events
    bench.do("wake", "brother-laser")
    bench.wait_for("it is awake", lambda: status.read_text() == "active\n")


def gone(node):
    fd = os.open(node, os.O_RDWR)
    bench.do("unplug", "brother-laser")
    assert not os.path.exists(node)
    try:
        assert select.select([fd], [], [], 2)[0]
        said = os.read(fd, 100)
    except OSError as e:
        assert e.errno in (errno.EIO, errno.ENODEV)
    else:
        raise AssertionError(f"a printer that is gone said {said!r}")
    os.close(fd)
    bench.do("plug", "brother-laser")
    exclusive(bench.lp("brother-laser"))


def main():
    node = bench.lp("brother-laser")
    exclusive(node)
    bytes_both_ways(node)
    requests(node)
    unread_bytes(node)
    big_job(node)
    sysfs()
    power(node)
    gone(node)
    print("lp: ok")


if __name__ == "__main__":
    main()
