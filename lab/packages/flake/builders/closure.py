"""Writes `store-paths`, `registration` and `total-nar-size` of a closure from the references graph Nix hands over."""

import json
import os

with open(os.environ["NIX_ATTRS_JSON_FILE"]) as file:
    attrs = json.load(file)
out = attrs["outputs"]["out"]
closure = sorted(attrs["closure"], key=lambda info: info["path"])
os.makedirs(out)
with open(f"{out}/store-paths", "w") as file:
    file.writelines(info["path"] + "\n" for info in closure)
with open(f"{out}/total-nar-size", "w") as file:
    file.write(f"{sum(info['narSize'] for info in closure)}\n")
with open(f"{out}/registration", "w") as file:
    for info in closure:
        references = sorted(info["references"])
        # Path, hash, size, no deriver, number of references, references.
        file.write("\n".join([info["path"], info["narHash"], str(info["narSize"]), "", str(len(references)), *references]) + "\n")
