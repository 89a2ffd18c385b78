#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the plan of the house: no circle of includes, no arrow that points up, foreign headers in their own folder.

    include_graph.py ROOT            checks a tree; exit 1 with one line per fault
    include_graph.py --self-test     proves on small made-up trees that each kind of fault is found
"""
import pathlib
import re
import sys
import tempfile

# Folder -> folders whose seams it may include. A seam `platen/x.h` belongs to the folder that implements it.
MAY_USE = {
    "ground": {"ground"},
    "ipp": {"ipp", "ground"},
    "usb": {"usb", "ground"},
    "base": {"base", "ground"},
    "agent": {"agent", "usb", "ipp", "base", "ground"},
    "agent/tray": {"agent/tray", "base", "ground"},  # a room of its own: of the agent it knows the local socket's protocol only
    "connector": {"connector", "ipp", "base", "ground"},
}
SEAM_OF = {
    "ground": {"result", "span", "bytes", "clock", "stream", "wide"},
    "usb": {"usb", "quirks"},
    "ipp": {"devid", "http1", "ipp", "knob", "ledm", "pjl", "snapshot", "alert"},
}  # every other seam is base's, but for those named here:
AGENT_SEAMS = {"report"}
# Foreign header -> the only folders that may know it.
FOREIGN = {
    "libusb": {"usb"},
    "cups/": {"ipp", "agent"},
    "expat.h": {"ipp"},
    "microhttpd.h": {"connector"},
    "gnutls/": {"connector"},
    "mbedtls/": {"base", "agent"},
    "argon2.h": {"connector"},
    "systemd/": {"agent/tray"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def folder_of(parts):
    """The room, where a folder has rooms with rules of their own."""
    room = "/".join(parts[:2])
    return room if room in MAY_USE else parts[0]


def seam_folder(name):
    for folder, names in SEAM_OF.items():
        if name in names:
            return folder
    return "agent" if name in AGENT_SEAMS else "base"


def sources(root):
    for folder in ["include", *(f for f in MAY_USE if "/" not in f)]:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".c", ".h") and "node_modules" not in path.parts:
                yield path


def resolve(root, path, quoted, name):
    """The file of this tree that an include names, or None for a foreign header."""
    if name.startswith("platen/"):
        return root / "include" / name
    if quoted:
        top = root / path.relative_to(root).parts[0]
        for base in (path.parent, top, *[p for p in path.parents if top in p.parents]):
            if (base / name).is_file():
                return (base / name).resolve()
    return None


def faults(root):
    root = root.resolve()
    graph = {}
    for path in sources(root):
        rel = path.relative_to(root)
        folder = seam_folder(path.stem) if rel.parts[0] == "include" else folder_of(rel.parts)
        graph[path] = []
        for mark, name in INCLUDE.findall(path.read_text(errors="replace")):
            target = resolve(root, path, mark == '"', name)
            if target is not None:
                graph[path].append(target)
                inside = target.relative_to(root).parts
                to = seam_folder(target.stem) if inside[0] == "include" else folder_of(inside)
                # The common values of the languages are a seam every floor above may know.
                if to not in MAY_USE[folder]:
                    yield f"{rel}: includes {name}: {folder} may not know {to}"
            elif mark == '"' and name.startswith(".."):
                yield f"{rel}: includes {name}: reaches out of its folder"
            for foreign, homes in FOREIGN.items():
                if name.startswith(foreign) and folder not in homes:
                    yield f"{rel}: includes {name}: belongs to {', '.join(sorted(homes))} alone"
    yield from circles(root, graph)


def circles(root, graph):
    done, path = set(), []

    def visit(node):
        if node in path:
            ring = path[path.index(node):] + [node]
            yield "circle: " + " -> ".join(str(p.relative_to(root)) for p in ring)
            return
        if node in done:
            return
        path.append(node)
        for target in graph.get(node, []):
            yield from visit(target)
        path.pop()
        done.add(node)

    for node in list(graph):
        yield from visit(node)


def self_test():
    cases = {
        "a clean tree": ({"ipp/a.c": '#include "platen/bytes.h"\n', "include/platen/bytes.h": ""}, None),
        "an arrow up": ({"usb/a.c": '#include "platen/ipp.h"\n', "include/platen/ipp.h": ""}, "usb may not know ipp"),
        "a circle": ({"agent/a.h": '#include "b.h"\n', "agent/b.h": '#include "a.h"\n'}, "circle"),
        "a foreign header": ({"agent/a.c": "#include <libusb-1.0/libusb.h>\n"}, "belongs to usb alone"),
        "a room's wall": ({"agent/tray/a.c": '#include "engine.h"\n', "agent/engine.h": ""}, "agent/tray may not know agent"),
        "a neighbour's room": ({"connector/a.c": '#include "../agent/a.h"\n', "agent/a.h": ""}, "may not know agent"),
    }
    bad = 0
    for title, (files, expected) in cases.items():
        with tempfile.TemporaryDirectory() as d:
            for name, text in files.items():
                path = pathlib.Path(d, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            found = list(faults(pathlib.Path(d)))
        if (expected is None) != (not found) or (expected and not any(expected in f for f in found)):
            print(f"self-test: {title}: expected {expected!r}, found {found}")
            bad += 1
    return bad


if __name__ == "__main__":
    if sys.argv[1:] == ["--self-test"]:
        sys.exit(1 if self_test() else 0)
    listed = list(faults(pathlib.Path(sys.argv[1])))
    print("\n".join(listed) if listed else "the include graph has no circle and no arrow up")
    sys.exit(1 if listed else 0)
