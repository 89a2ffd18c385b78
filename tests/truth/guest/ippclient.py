# SPDX-License-Identifier: Apache-2.0
"""A small IPP client of the laboratory's own: a job to ipp-usb's port as a printing program sends it, and CUPS's job control."""
import http.client
import itertools
import socket
import struct
import time

import lab

_ids = itertools.count(1)

# Value tags of RFC 8010.
INTEGER, ENUM, KEYWORD, URI, CHARSET, LANGUAGE, NAME, MIME = 0x21, 0x23, 0x44, 0x45, 0x47, 0x48, 0x42, 0x49

PRINT_JOB, GET_JOB, GET_PRINTER = 0x02, 0x09, 0x0B


def request(operation, *attributes):
    """A request of the operation group alone; `attributes` are (tag, name, value) after charset and language."""
    out = struct.pack(">BBHIB", 2, 0, operation, next(_ids), 1)
    for tag, name, value in [(CHARSET, "attributes-charset", "utf-8"),
                             (LANGUAGE, "attributes-natural-language", "en"), *attributes]:
        data = struct.pack(">i", value) if tag in (INTEGER, ENUM) else value.encode()
        out += struct.pack(">BH", tag, len(name)) + name.encode() + struct.pack(">H", len(data)) + data
    return out + b"\x03"


def document_of(message):
    """The document behind the attributes of a request (RFC 8010 section 3.1)."""
    at = 8
    while True:
        tag = message[at]
        at += 1
        if tag == 3:
            return message[at:]
        if tag < 0x10:
            continue
        for _ in range(2):
            at += 2 + struct.unpack_from(">H", message, at)[0]


def attributes_of(message):
    """First values by name, of all groups: {name: bytes}."""
    found, at, name = {}, 8, ""
    while at < len(message):
        tag = message[at]
        at += 1
        if tag == 3:
            break
        if tag < 0x10:
            continue
        size = struct.unpack_from(">H", message, at)[0]
        name = message[at + 2:at + 2 + size].decode() or name
        at += 2 + size
        size = struct.unpack_from(">H", message, at)[0]
        found.setdefault(name, message[at + 2:at + 2 + size])
        at += 2 + size
    return found


class Client:
    """One kept connection to an IPP server on loopback."""

    def __init__(self, port, path):
        self.port, self.path = port, path
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def call(self, body, chunked=False):
        """Returns (status code of IPP, the answer)."""
        headers = {"Content-Type": "application/ipp", "Host": f"localhost:{self.port}"}
        for attempt in (1, 2):
            try:
                if self.http.sock is None:
                    self.http.connect()
                    self.http.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if chunked:
                    pieces = (body[i:i + 8192] for i in range(0, len(body), 8192))
                    self.http.request("POST", self.path, pieces, headers, encode_chunked=True)
                else:
                    self.http.request("POST", self.path, body, headers)
                answer = self.http.getresponse()
                data = answer.read()
                break
            except (http.client.RemoteDisconnected, BrokenPipeError):
                # The server ended a kept connection before it saw this request.
                self.http.close()
                if attempt == 2:
                    raise
        if answer.status != 200:
            raise lab.Failure(f"HTTP {answer.status} from port {self.port}")
        return struct.unpack_from(">H", data, 2)[0], data

    def close(self):
        self.http.close()


class HeldJob:
    """A Print-Job sent whole but for the last two bytes of its chunks: the server makes the job when those come."""

    def __init__(self, port, path, document, name, mime="application/octet-stream", user="person"):
        uri = f"ipp://localhost:{port}{path}"
        body = request(PRINT_JOB, (URI, "printer-uri", uri), (NAME, "requesting-user-name", user),
                       (NAME, "job-name", name), (MIME, "document-format", mime)) + document
        self.socket = socket.create_connection(("127.0.0.1", port), 120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(f"POST {path} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: application/ipp\r\n"
                            "Transfer-Encoding: chunked\r\n\r\n".encode() +
                            b"%x\r\n%s\r\n" % (len(body), body) + b"0\r\n")

    def release(self):
        """Sends the end, which makes the job."""
        self.socket.sendall(b"\r\n")

    def answer(self):
        """Waits for the server's word; returns (IPP status, job id)."""
        answer = http.client.HTTPResponse(self.socket)
        answer.begin()
        data = answer.read()
        self.socket.close()
        if answer.status != 200:
            raise lab.Failure(f"HTTP {answer.status} to a Print-Job")
        job = attributes_of(data).get("job-id", b"\0\0\0\0")
        return struct.unpack_from(">H", data, 2)[0], struct.unpack(">i", job)[0]


BUSY = 0x0507  # server-error-busy


def print_when_free(client, document, name, seconds=60):
    """Prints as a patient program does: ippeveprinter takes one job at a time and refuses the next. Returns (seconds that the
    accepted Print-Job took, how often it was sent)."""
    by = time.monotonic() + seconds
    for sent in itertools.count(1):
        began = time.monotonic()
        status = print_job(client, document, name)
        if status < 0x100:
            return time.monotonic() - began, sent
        if status != BUSY or began > by:
            raise lab.Failure(f"job {name}: IPP status 0x{status:04x}")
        time.sleep(0.2)


COMPLETED = 9  # job-state, RFC 8011


def job_state(client, job):
    """(job-state, its reasons' first word) of a job."""
    uri = f"ipp://localhost:{client.port}/jobs/{job}"
    body = request(GET_JOB, (URI, "job-uri", uri), (NAME, "requesting-user-name", "person"))
    found = attributes_of(client.call(body)[1])
    return struct.unpack(">i", found["job-state"])[0], found.get("job-state-reasons", b"").decode()


def print_job(client, document, name, mime="image/pwg-raster", user="person"):
    """Sends a document in one Print-Job; returns the IPP status code."""
    uri = f"ipp://localhost:{client.port}{client.path}"
    body = request(PRINT_JOB, (URI, "printer-uri", uri), (NAME, "requesting-user-name", user), (NAME, "job-name", name),
                   (MIME, "document-format", mime))
    return client.call(body + document, chunked=True)[0]
