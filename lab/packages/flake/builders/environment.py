"""Joins folders: symbolic links to the files of `paths`, and real folders where more than one path has something."""

import filecmp
import json
import os
import sys

with open(os.environ["NIX_ATTRS_JSON_FILE"]) as file:
    attrs = json.load(file)
out = attrs["outputs"]["out"] + attrs.get("prefix", "")
wanted = [path.rstrip("/") for path in attrs["pathsToLink"]]


def inside(path):
    return any(path == one or path.startswith(one + "/") for one in wanted)


def leads_inside(path):
    return any(one.startswith(path + "/") for one in wanted)


def join(sources, path):
    """Puts what `sources`, all of them folders, have below `path` there."""
    names = {}
    for source in sources:
        for name in sorted(os.listdir(source)):
            names.setdefault(name, []).append(os.path.join(source, name))
    os.makedirs(out + path, exist_ok=True)
    for name, found in sorted(names.items()):
        here = f"{path}/{name}"
        folders = [source for source in found if os.path.isdir(source)]
        if not inside(here) and not leads_inside(here):
            continue
        if path == "" and name in ("nix-support", "propagated-build-inputs"):
            continue
        inner = {os.readlink(source) if os.path.islink(source) else "/" for source in found}
        if len(inner) == 1 and not min(inner).startswith("/") and min(inner) in names:
            # Such as sbin -> bin in all of them: it means the joined folder just as well.
            os.symlink(min(inner), out + here)
        elif len(found) == 1 and inside(here):
            os.symlink(found[0], out + here)
        elif len(folders) == len(found):
            join(found, here)
        else:
            os.symlink(choose(found, here), out + here)


def choose(found, here):
    for other in found[1:]:
        same = os.path.isfile(found[0]) and os.path.isfile(other) and filecmp.cmp(found[0], other, shallow=False)
        if not same and not attrs.get("ignoreCollisions"):
            sys.exit(f"buildEnv: {here} is in both {found[0]} and {other}")
    return found[0]


paths = []
for path in attrs["paths"]:
    if os.path.isdir(path) and path not in paths:
        paths.append(path)
join(paths, "")
