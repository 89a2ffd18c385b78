# SPDX-License-Identifier: Apache-2.0
"""Judges what a printer was really sent: the raw bytes of a pipe, cut into whole jobs and whole questions, nothing left over.

    python3 streams.py --self-test      proves on made-up streams that each kind of damage is found
"""
import dataclasses
import hashlib
import random
import re
import sys

import ippclient

UEL = b"\x1b%-12345X"
MAX_QUESTION = 512  # one packet: what the agent may write to a print pipe at once
QUESTION = re.compile(re.escape(UEL) + rb"@PJL[\x20-\x7e\r\n\t]*?" + re.escape(UEL))


class Damage(Exception):
    """A byte where no byte belongs."""


@dataclasses.dataclass
class Verdict:
    jobs: list  # names in the order in which they came
    questions: list  # bytes of each question between the jobs: PJL, or HTTP requests that print nothing


def document(name, size, pjl=False):
    """A job nobody can mistake for another: the same for the same name, its name at both ends."""
    body = random.Random(name).randbytes(size)
    mark = f"<<{name}>>".encode()
    plain = mark + body.replace(UEL, b"\0" * len(UEL)) + mark
    if not pjl:
        return plain
    return UEL + b'@PJL JOB NAME="' + name.encode() + b'"\r\n@PJL ENTER LANGUAGE=PCL\r\n' + plain + UEL + b"@PJL EOJ\r\n" + UEL


def judge_print_pipe(raw, jobs, sent=None):
    """`raw`: everything the classic print pipe got; `jobs`: {name: bytes}. Every job must be there once and whole; `sent` is
    {name: how often} where the spooler itself sent one again."""
    heads = {}
    for name, data in jobs.items():
        heads.setdefault(data[:64], name)
    if len(heads) != len(jobs):
        raise ValueError("the jobs of a test must begin differently")
    verdict, at = Verdict([], []), 0
    while at < len(raw):
        name = heads.get(raw[at:at + 64])
        if name is not None:
            if raw[at:at + len(jobs[name])] != jobs[name]:
                raise Damage(f"{name} is damaged: {first_difference(raw[at:], jobs[name])}")
            verdict.jobs.append(name)
            at += len(jobs[name])
            continue
        question = QUESTION.match(raw, at)
        if not question or len(question.group()) > MAX_QUESTION:
            raise Damage(f"foreign bytes at {at} of {len(raw)}: {raw[at:at + 48]!r}")
        verdict.questions.append(question.group())
        at = question.end()
    complete(verdict, jobs, sent)
    return verdict


def first_difference(got, wanted):
    for i, (a, b) in enumerate(zip(got, wanted)):
        if a != b:
            return f"byte {i} of {len(wanted)} differs: {got[i:i + 24]!r}"
    return f"it ends after {len(got)} of {len(wanted)} bytes"


def complete(verdict, jobs, sent=None):
    """Every job came as often as it was sent: once, unless `sent` says that the printer refused it before."""
    for name in jobs:
        times = verdict.jobs.count(name)
        if times != (sent or {}).get(name, 1):
            raise Damage(f"{name} came {times} times")


def requests(raw):
    """HTTP/1.1 requests one after another, as (request line, headers, body); Damage where they do not join."""
    at = 0
    while at < len(raw):
        end = raw.find(b"\r\n\r\n", at)
        line = raw[at:raw.find(b"\r\n", at)]
        if end < 0 or not re.fullmatch(rb"[A-Z]+ \S+ HTTP/1\.1", line):
            raise Damage(f"no HTTP request at {at} of {len(raw)}: {raw[at:at + 48]!r}")
        headers = {}
        for header in raw[at:end].split(b"\r\n")[1:]:
            key, _, value = header.partition(b":")
            headers[key.strip().lower().decode()] = value.strip().decode(errors="replace")
        at = end + 4
        if headers.get("transfer-encoding", "").lower() == "chunked":
            body, at = unchunk(raw, at)
        else:
            size = int(headers.get("content-length", 0))
            if at + size > len(raw):
                raise Damage(f"a request's body ends after {len(raw) - at} of {size} bytes")
            body, at = raw[at:at + size], at + size
        yield line.decode(), headers, body


def unchunk(raw, at):
    body = bytearray()
    while True:
        end = raw.find(b"\r\n", at)
        if end < 0 or not re.fullmatch(rb"[0-9A-Fa-f]+(;.*)?", raw[at:end]):
            raise Damage(f"no chunk at {at} of {len(raw)}: {raw[at:at + 24]!r}")
        size = int(raw[at:end].split(b";")[0], 16)
        at = end + 2
        body += raw[at:at + size]
        at += size
        if raw[at:at + 2] != b"\r\n":
            raise Damage(f"a chunk is not closed at {at} of {len(raw)}: {raw[at:at + 24]!r}")
        at += 2
        if size == 0:
            return bytes(body), at


def judge_http_pipes(raws, jobs, sent=None):
    """`raws`: the raw OUT stream of each HTTP pipe. Every job must be the document of one Print-Job; `sent` is {name: how often}
    where a busy printer refused one."""
    wanted = {hashlib.sha256(data).digest(): name for name, data in jobs.items()}
    verdict = Verdict([], [])
    for raw in raws:
        for line, headers, body in requests(raw):
            document_bytes = b""
            if headers.get("content-type") == "application/ipp":
                document_bytes = ippclient.document_of(body)
            if not document_bytes:
                verdict.questions.append(line.encode())
                continue
            name = wanted.get(hashlib.sha256(document_bytes).digest())
            if name is None:
                raise Damage(f"a document of {len(document_bytes)} bytes that nobody printed: {document_bytes[:48]!r}")
            verdict.jobs.append(name)
    complete(verdict, jobs, sent)
    return verdict


def judge(report, name, how, raw, jobs, *more):
    """Makes a verdict a check of the report; returns it, None when there is damage."""
    try:
        verdict = how(raw, jobs, *more)
    except Damage as e:
        report.check(name, False, str(e))
        return None
    report.check(name, True, f"{len(verdict.jobs)} jobs whole, {len(verdict.questions)} questions beside them")
    return verdict


def self_test():
    one, two = document("one", 5000), document("two", 700, pjl=True)
    jobs = {"one": one, "two": two}
    ask = UEL + b"@PJL\r\n@PJL ECHO 1234\r\n@PJL INFO STATUS\r\n" + UEL
    operation = ippclient.request(ippclient.PRINT_JOB)
    asked = ippclient.request(ippclient.GET_PRINTER)

    def post(body):
        return b"POST /ipp/print HTTP/1.1\r\nContent-Type: application/ipp\r\nContent-Length: %d\r\n\r\n" % len(body) + body

    chunked = (b"POST /ipp/print HTTP/1.1\r\nContent-Type: application/ipp\r\nTransfer-Encoding: chunked\r\n\r\n" +
               b"%x\r\n%s\r\n0\r\n\r\n" % (len(operation + two), operation + two))
    http = [post(asked) + post(operation + one), b"GET /x HTTP/1.1\r\n\r\n" + chunked]
    cases = [
        ("whole jobs and a question", judge_print_pipe, ask + one + ask + ask + two, None),
        ("a question inside a job", judge_print_pipe, one[:900] + ask + one[900:] + two, "one is damaged"),
        ("a cut question glued to a job", judge_print_pipe, ask[:30] + one + two, "foreign bytes"),
        ("a question without an end", judge_print_pipe, one + two + ask[:-4], "foreign bytes"),
        ("a question of two packets", judge_print_pipe, one + UEL + b"@PJL " + b"x" * 600 + UEL + two, "foreign bytes"),
        ("a flipped byte", judge_print_pipe, one[:80] + b"!" + one[81:] + two, "one is damaged"),
        ("a job cut short", judge_print_pipe, one + two[:-1], "two is damaged"),
        ("a job lost", judge_print_pipe, one, "two came 0 times"),
        ("a job doubled", judge_print_pipe, one + two + one, "one came 2 times"),
        ("one stray byte", judge_print_pipe, one + b"\0" + two, "foreign bytes"),
        ("http: whole", judge_http_pipes, http, None),
        ("http: a job damaged", judge_http_pipes, [http[0].replace(one[80:90], b"0123456789"), http[1]], "nobody printed"),
        ("http: a job lost", judge_http_pipes, http[:1], "two came 0 times"),
        ("http: a stray byte", judge_http_pipes, [b"\0" + http[0], http[1]], "no HTTP request"),
        ("http: bytes in a chunked job", judge_http_pipes, [http[0], http[1].replace(two[50:60], ask)], "a chunk is not"),
    ]
    bad = 0
    for title, judge, raw, expected in cases:
        try:
            judge(raw, jobs)
            found = None
        except Damage as e:
            found = str(e)
        if (expected is None) != (found is None) or (expected and expected not in found):
            print(f"self-test: {title}: expected {expected!r}, found {found!r}")
            bad += 1
    print(f"streams: {len(cases)} made-up streams judged, {bad} wrongly")
    return bad


if __name__ == "__main__" and sys.argv[1:] == ["--self-test"]:
    sys.exit(1 if self_test() else 0)
