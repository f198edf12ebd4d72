"""Writes what image.py reads: the closure without the image's own layer, the configuration, and the files' modes."""

import json
import os

with open(os.environ["NIX_ATTRS_JSON_FILE"]) as file:
    attrs = json.load(file)
image = attrs["image"]
out = attrs["outputs"]["out"]
with open(image["configFile"]) as file:
    config = json.load(file)
with open(attrs["modes"]) as file:
    modes = dict(line.rstrip("\n").split("\t") for line in file)
left_out = {attrs["self"], image["configFile"]}
closure = [
    {"path": info["path"], "references": sorted(r for r in info["references"] if r not in left_out)}
    for info in sorted(attrs["closure"], key=lambda info: info["path"])
    if info["path"] not in left_out
]
# Without a tag the image is named by its content, the hash of this file.
tag = attrs["imageTag"] or os.path.basename(out).split("-", 1)[0]
with open(out, "w") as file:
    json.dump(
        {
            "name": image["name"],
            "tag": tag,
            "architecture": image["architecture"],
            "created": image["created"],
            "maxLayers": image["maxLayers"],
            "config": config,
            "modes": modes,
            "root": image["root"],
            "closure": closure if image["includeStorePaths"] else [],
        },
        file,
        sort_keys=True,
    )
