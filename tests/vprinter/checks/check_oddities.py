#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What behaviour.json and device.json can make a printer do wrong, seen by libusb: lying descriptors and lengths, 503 after
power-on, chunks, a plug that is pulled at a byte, SuperSpeed."""
import pathlib
import subprocess

import bench

bench.PROFILES = pathlib.Path(__file__).resolve().parent / "profiles"


def get(path):
    done = bench.usb("faulty", "http", 1, 0, "GET", path, check=False)
    return done.returncode, done.stderr.decode(), done.stdout


def lies():
    raw = (bench.device("faulty") / "descriptors").read_bytes()
    assert len(raw) == 18 + 9 + 2 * (9 + 14) + 9 - 3 and raw[18 + 4] == 9  # cut short; nine interfaces, it says
    told = bench.usb("faulty", "id", 0, 0)
    assert told[:2] == len(told).to_bytes(2, "little") and told[2:].startswith(b"MFG:Example;")


def greets():
    return get("/hello.txt")[2] == b"Faulty says hello\n"


def booting():
    bench.do("unplug", "faulty")
    bench.do("plug", "faulty")
    code, head, _ = get("/hello.txt")
    assert code == 0 and " 503 " in head and "Retry-After" in head, head
    bench.wait_for("it is ready", greets)
    code, head, body = get("/hello.txt")
    assert code == 0 and " 200 " in head and "chunked" in head and "Connection: close" in head, head
    assert body == b"Faulty says hello\n"
    assert b"404" in get("/nothing")[2] or " 404 " in get("/nothing")[1]


def sleeping():
    bench.wait_for("it falls asleep", lambda: bench.dump("faulty")["state"]["asleep"], 5)
    assert get("/hello.txt")[0] == 0
    status = bench.device("faulty") / "power" / "runtime_status"
    bench.wait_for("it is suspended", lambda: status.read_text() == "suspended\n")


def pulled_plug():
    address = bench.dump("faulty")["usb"]["address"]
    code, said, _ = get("/big.txt")
    assert code == 1 and "NO_DEVICE" in said, said
    bench.wait_for("it is back", lambda: bench.dump("faulty")["plugged"] and bench.dump("faulty")["usb"]["address"] > address)
    bench.wait_for("it is ready again", greets)
    assert len(get("/big.txt")[2]) > 5000  # it happens once


def super_speed():
    assert (bench.device("super") / "speed").read_text() == "5000\n"
    settings = bench.usb("super", "list").decode().splitlines()
    assert settings == ["0 0 7/1/2 01 81 1024", "1 0 ff/4/1 02 82 1024"], settings
    said = subprocess.run(["lsusb", "-v", "-d", "1209:00f1"], capture_output=True, text=True, check=True).stdout
    assert "bcdUSB               3.20" in said and "bMaxBurst" in said, said
    assert "SuperSpeed USB Device Capability" in said, said


def unanswered():
    """GET_DEVICE_ID that nobody answers ends with the client's own time-out, and the printer goes on."""
    p = subprocess.Popen([bench.USB_CLIENT, "1209:00f1", "id", "0", "0"], stderr=subprocess.PIPE)
    bench.wait_for("it was asked", lambda: [e for e in bench.log("super") if e.get("request") == "GET_DEVICE_ID"])
    p.kill()
    p.wait()
    p.stderr.close()
    assert bench.usb("super", "list")


def main():
    lies()
    booting()
    sleeping()
    pulled_plug()
    super_speed()
    unanswered()
    print("oddities: ok")


if __name__ == "__main__":
    main()
