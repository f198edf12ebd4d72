"""Builds one unit: unpacks Debian packages into $out and makes everything in it refer to store paths.

Input: the derivation's structured attributes (`debs`, `deps`, `propagated`, `base`, `triplet`, and the tweaks `links`,
`remove`, `untouched`, `replace`, `setupHook`, `compile`). `/usr` becomes `$out`, `sbin` joins `bin`, and absolute paths
in ELF headers, symbolic links, shebangs, .pc files, CMake files and linker scripts are replaced where this unit or one
of its dependencies has the file.
"""

import io
import json
import lzma
import os
import posixpath
import re
import shutil
import sys
import tarfile

from elf import Elf

SKIPPED = re.compile(
    r"share/(doc|man|info|lintian|locale|bug|doc-base|bash-completion|zsh|fish|menu|applications|icons|pixmaps|gdb|perl5)(/|$)"
    r"|etc/(init\.d|cron\.\w+|default|logrotate\.d|alternatives)(/|$)|lib/systemd/|lib/(tmpfiles|sysusers)\.d/"
)
FHS_PATH = re.compile(rb"(?<![\w./$}{-])/(?:usr/)?(?:s?bin|lib64|libexec|lib|share|include|etc)/[\w.+/@-]*[\w+@]")
TEXT_SUFFIXES = (".pc", ".la", ".cmake", ".prl", ".so", ".a")
MAX_TEXT = 2 << 20
KEPT_OUTSIDE = ("/dev/", "/proc/", "/etc/", "/run/", "/var/", "/sys/", "/tmp/", "/nix/")


def main():
    with open(os.environ["NIX_ATTRS_JSON_FILE"]) as file:
        attrs = json.load(file)
    unit = Unit(attrs)
    for deb in attrs["debs"]:
        unpack(deb, unit.out)
    unit.finish()


def unpack(deb, out):
    """Unpacks the data of a .deb (an ar archive, deb(5)) below `out`."""
    with open(deb, "rb") as file:
        name, size = seek_member(file, b"data.tar")
        data = file.read(size)
    if name.endswith(".xz"):
        data = lzma.decompress(data)
    elif name.endswith(".zst"):
        from compression import zstd

        data = zstd.decompress(data)
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:*") as archive:
        for member in archive:
            place(archive, member, out)


def seek_member(file, prefix):
    if file.read(8) != b"!<arch>\n":
        sys.exit(f"{file.name}: not a Debian package")
    while header := file.read(60):
        name, size = header[:16].strip(), int(header[48:58])
        if name.startswith(prefix):
            return name.decode().rstrip("/"), size
        file.seek(size + size % 2, 1)
    sys.exit(f"{file.name}: no data")


def place(archive, member, out):
    path = relocate(member.name)
    if path == "" or SKIPPED.match(path):
        return
    target = os.path.join(out, path)
    if member.isdir():
        os.makedirs(target, exist_ok=True)
        return
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if os.path.lexists(target):
        os.unlink(target)
    if member.issym():
        # Kept in the terms of the package's own tree until every file is there.
        os.symlink(posixpath.join("/", posixpath.dirname(clean(member.name)), member.linkname), target)
    elif member.islnk():
        os.link(os.path.join(out, relocate(member.linkname)), target)
    elif member.isfile():
        with archive.extractfile(member) as source, open(target, "wb") as sink:
            shutil.copyfileobj(source, sink, 1 << 20)
        os.chmod(target, 0o755 if member.mode & 0o111 else 0o644)


def clean(name):
    return posixpath.normpath("/" + name).lstrip("/")


def relocate(name):
    """Where the file `name` of a Debian tree is below a store path."""
    path = clean(name)
    path = path[4:] if path.startswith("usr/") else "" if path == "usr" else path
    return "bin" + path[4:] if path == "sbin" or path.startswith("sbin/") else path


class Unit:
    def __init__(self, attrs):
        self.attrs = attrs
        self.out = attrs["outputs"]["out"]
        self.deps = attrs["deps"]
        self.triplet = attrs["triplet"]
        os.makedirs(self.out, exist_ok=True)

    def finish(self):
        for path in self.attrs.get("remove", []):
            remove(os.path.join(self.out, path))
        for path, target in sorted(self.attrs.get("links", {}).items()):
            link(target, os.path.join(self.out, path))
        if os.path.isdir(os.path.join(self.out, "bin")):
            link("bin", os.path.join(self.out, "sbin"))
        self.link_libraries()
        for path in sorted(self.walk(), key=lambda p: (not os.path.islink(p), p)):
            self.rewrite(path)
        self.drop_dangling()
        self.propagate()
        for pattern, changes in sorted(self.attrs.get("replace", {}).items()):
            self.replace(pattern, changes)
        if "setupHook" in self.attrs:
            os.makedirs(f"{self.out}/nix-support", exist_ok=True)
            shutil.copyfile(self.attrs["setupHook"], f"{self.out}/nix-support/setup-hook")
        if "compile" in self.attrs:
            self.compile_python()

    def walk(self):
        for folder, folders, files in os.walk(self.out):
            folders.sort()
            for name in folders + files:
                path = os.path.join(folder, name)
                if os.path.islink(path) or os.path.isfile(path):
                    yield path

    def link_libraries(self):
        """Makes the libraries of lib/<triplet> reachable as lib/<name>, where other package sets have them."""
        folder = os.path.join(self.out, "lib", self.triplet)
        if not os.path.isdir(folder):
            return
        for name in sorted(os.listdir(folder)):
            if re.search(r"\.so(\.|$)|\.a$|\.o$", name) and not os.path.lexists(os.path.join(self.out, "lib", name)):
                os.symlink(f"{self.triplet}/{name}", os.path.join(self.out, "lib", name))

    def find(self, path):
        """The store path of an absolute path of the Debian tree, or None. Folders count in this unit only."""
        inner = relocate(path)
        own = os.path.join(self.out, inner)
        if os.path.lexists(own):
            return own
        for dep in self.deps:
            other = os.path.join(dep, inner)
            if os.path.isfile(other):
                return other
        return None

    def rewrite(self, path):
        if os.path.islink(path):
            self.rewrite_link(path)
            return
        if any(re.match(pattern, os.path.relpath(path, self.out)) for pattern in self.attrs.get("untouched", [])):
            return
        with open(path, "rb") as file:
            magic = file.read(4)
        if magic == b"\x7fELF":
            self.rewrite_elf(path)
        elif magic[:2] == b"#!" or path.endswith(TEXT_SUFFIXES):
            self.rewrite_text(path)

    def rewrite_link(self, path):
        target = os.readlink(path)
        if not target.startswith("/") or target.startswith("/nix/store/"):
            return
        found = self.find(target)
        if found is None and os.path.isdir(next((d for d in self.deps if os.path.isdir(f"{d}/{relocate(target)}")), "")):
            found = next(f"{d}/{relocate(target)}" for d in self.deps if os.path.isdir(f"{d}/{relocate(target)}"))
        if found is None:
            if target.startswith(KEPT_OUTSIDE) and not target.startswith("/etc/alternatives/"):
                return
            os.unlink(path)
        elif found.startswith(self.out + "/"):
            link(os.path.relpath(found, os.path.dirname(path)), path)
        else:
            link(found, path)
            # CMake files name the library by its full version, beside its development link.
            sibling = os.path.join(os.path.dirname(path), os.path.basename(found))
            if ".so." in found and not os.path.lexists(sibling):
                os.symlink(found, sibling)

    def drop_dangling(self):
        for path in list(self.walk()):
            if os.path.islink(path) and not os.readlink(path).startswith("/") and not os.path.exists(path):
                os.unlink(path)

    def rewrite_text(self, path):
        with open(path, "rb") as file:
            text = file.read(MAX_TEXT + 1)
        if len(text) > MAX_TEXT or b"\0" in text:
            return

        def replace(match):
            found = self.find(match.group().decode())
            return match.group() if found is None else found.encode()

        result = FHS_PATH.sub(replace, text)
        if path.endswith(".pc"):
            result = re.sub(rb"^((?:exec_)?prefix)\s*=\s*/usr$", rb"\1=" + self.out.encode(), result, flags=re.M)
        if result != text:
            with open(path, "wb") as file:
                file.write(result)

    def rewrite_elf(self, path):
        elf = Elf.read(path)
        if elf is None:
            return
        loader = None if elf.interpreter is None else self.find_loader(elf.interpreter)
        run_path = self.run_path(path, elf)
        if loader != elf.interpreter or run_path != elf.run_path:
            elf.change(loader, run_path)

    def replace(self, pattern, changes):
        """Exchanges strings for others of the same length in the files whose path matches."""
        for path in self.walk():
            if os.path.islink(path) or not re.fullmatch(pattern, os.path.relpath(path, self.out)):
                continue
            with open(path, "rb") as file:
                data = file.read()
            for old, new in sorted(changes.items()):
                if len(old) != len(new) or old.encode() not in data:
                    sys.exit(f"{path}: cannot exchange {old} for {new}")
                data = data.replace(old.encode(), new.encode())
            with open(path, "wb") as file:
                file.write(data)

    def find_loader(self, interpreter):
        name = posixpath.basename(interpreter)
        for root in [self.out, *self.deps, *self.attrs.get("base", [])]:
            if os.path.exists(f"{root}/lib/{name}"):
                return f"{root}/lib/{name}"
        return interpreter

    def run_path(self, path, elf):
        """The folders that hold the libraries `path` links, in the order in which they are found."""
        private = [entry for entry in map(self.translate, elf.run_path) if entry is not None]
        own = [os.path.join(self.out, "lib", self.triplet), os.path.join(self.out, "lib")]
        others = [f"{dep}/lib/{self.triplet}" for dep in self.deps] + [f"{dep}/lib" for dep in self.deps]
        found = [entry for entry in private if entry.startswith("$")]
        for needed in elf.needed:
            for folder in private + own + others:
                real = re.sub(r"\$(ORIGIN|\{ORIGIN\})", lambda _: os.path.dirname(path), folder)
                if os.path.exists(f"{real}/{needed}"):
                    if folder not in found:
                        found.append(folder)
                    break
        return found

    def translate(self, entry):
        if entry.startswith(("$ORIGIN", "${ORIGIN}", "/nix/store/")):
            return entry
        return self.find(entry)

    def propagate(self):
        """Headers and metadata need those of the dependencies: what uses this unit must see them too."""
        names = ("include", "share/pkgconfig", "lib/pkgconfig", f"lib/{self.triplet}/pkgconfig")
        if self.attrs["propagated"] and any(os.path.isdir(f"{self.out}/{name}") for name in names):
            os.makedirs(f"{self.out}/nix-support", exist_ok=True)
            with open(f"{self.out}/nix-support/propagated-build-inputs", "w") as file:
                file.write(" ".join(self.attrs["propagated"]) + "\n")

    def compile_python(self):
        """Byte code is made here, or Python started by root would write it into the store later."""
        import compileall
        import py_compile

        mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
        for folder in self.attrs["compile"]:
            root = os.path.join(self.out, folder)
            if os.path.isdir(root):
                compileall.compile_dir(root, maxlevels=20, quiet=2, invalidation_mode=mode, ddir=root)


def link(target, path):
    if os.path.lexists(path):
        os.unlink(path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    os.symlink(target, path)


def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.unlink(path)


if __name__ == "__main__":
    main()
