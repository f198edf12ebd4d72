"""Writes a docker archive to standard output: layers from a closure by popularity, and one of the image's own files.

usage: image.py CONFIG.json. A path that many others need is a layer of its own and far down; what does not fit into
`maxLayers` shares the last one of the closure. Everything in the archive is fixed: order, owners, times.
"""

import hashlib
import io
import json
import os
import sys
import tarfile

EPOCH = 1


def main():
    with open(sys.argv[1]) as file:
        conf = json.load(file)
    groups = plan(conf["closure"], conf["maxLayers"])
    layers = [Layer(group, None, conf) for group in groups if group]
    layers.append(Layer([], conf["root"], conf))
    config = make_config(conf, [layer.digest() for layer in layers])
    archive = tarfile.open(fileobj=sys.stdout.buffer, mode="w|", format=tarfile.GNU_FORMAT)
    names = []
    for layer in layers:
        name = f"{layer.digest()}/layer.tar"
        if name not in names:
            header = tarfile.TarInfo(name)
            header.size, header.mtime = layer.size, EPOCH
            archive.fileobj.write(header.tobuf(archive.format))
            layer.write(archive.fileobj)
            archive.fileobj.write(b"\0" * (-layer.size % 512))
        names.append(name)
    text = json.dumps(config, sort_keys=True).encode()
    config_name = hashlib.sha256(text).hexdigest() + ".json"
    add_text(archive, config_name, text)
    manifest = [{"Config": config_name, "Layers": names, "RepoTags": [f"{conf['name']}:{conf['tag']}"]}]
    add_text(archive, "manifest.json", json.dumps(manifest).encode())
    archive.close()


def plan(closure, limit):
    """The closure's paths in groups, most wanted first. One layer is kept for the image's own files."""
    references = {info["path"]: [r for r in info["references"] if r != info["path"]] for info in closure}
    reached = {}

    def reach(path):
        if path not in reached:
            reached[path] = set()
            for reference in references[path]:
                reached[path] |= {reference} | reach(reference)
        return reached[path]

    popularity = dict.fromkeys(references, 0)
    for path in references:
        for other in reach(path):
            popularity[other] += 1
    order = sorted(references, key=lambda path: (-popularity[path], path))
    alone = max(limit - 2, 0)
    return [[path] for path in order[:alone]] + [sorted(order[alone:])]


class Layer:
    """A layer's tar file, made twice: once for its digest and size, once for its bytes."""

    def __init__(self, paths, root, conf):
        self.paths, self.root, self.conf = paths, root, conf
        self.size = 0
        self.hash = None

    def digest(self):
        if self.hash is None:
            sink = Digest()
            self.write(sink)
            self.hash, self.size = sink.hash.hexdigest(), sink.size
        return self.hash

    def write(self, sink):
        with tarfile.open(fileobj=sink, mode="w|", format=tarfile.PAX_FORMAT) as archive:
            if self.root is not None:
                for path in walk(self.root):
                    if path != self.root:
                        add(archive, path, os.path.relpath(path, self.root), self.conf, own=True)
            else:
                for folder in ("nix", "nix/store"):
                    header = tarfile.TarInfo(folder)
                    header.type, header.mode, header.mtime = tarfile.DIRTYPE, 0o755, EPOCH
                    archive.addfile(header)
                for store_path in self.paths:
                    for path in walk(store_path):
                        add(archive, path, path.lstrip("/"), self.conf, own=False)


class Digest:
    def __init__(self):
        self.hash, self.size = hashlib.sha256(), 0

    def write(self, data):
        self.hash.update(data)
        self.size += len(data)
        return len(data)


def walk(path):
    yield path
    if os.path.isdir(path) and not os.path.islink(path):
        for name in sorted(os.listdir(path)):
            yield from walk(f"{path}/{name}")


def add(archive, path, name, conf, own):
    header = archive.gettarinfo(path, name)
    header.mtime = EPOCH
    header.uid = header.gid = 0
    header.uname = header.gname = ""
    if header.islnk():
        # A store may have joined equal files; the image must not depend on that.
        header.type, header.size, header.linkname = tarfile.REGTYPE, os.path.getsize(path), ""
    modes = conf.get("modes", {})
    if own and name in modes:
        header.mode = int(modes[name], 8)
    if header.isreg():
        with open(path, "rb") as file:
            archive.addfile(header, file)
    else:
        archive.addfile(header)


def add_text(archive, name, text):
    header = tarfile.TarInfo(name)
    header.size, header.mtime = len(text), EPOCH
    archive.addfile(header, io.BytesIO(text))


def make_config(conf, digests):
    created = conf["created"]
    return {
        "architecture": conf["architecture"],
        "os": "linux",
        "created": created,
        "config": conf["config"],
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}" for digest in digests]},
        "history": [{"created": created, "comment": "store paths" if i < len(digests) - 1 else "root"} for i in range(len(digests))],
    }


if __name__ == "__main__":
    main()
