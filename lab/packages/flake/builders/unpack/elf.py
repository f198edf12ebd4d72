"""Reads and changes the loader and run path of 64-bit little-endian ELF files (System V ABI, chapters 4 and 5).

New strings do not fit where the old ones are. They go to the end of the file, in a segment whose program header takes
the place of a note's: no table grows, so nothing that is there already has to move.
"""

import struct

PT_LOAD, PT_DYNAMIC, PT_INTERP, PT_NOTE, PT_GNU_PROPERTY = 1, 2, 3, 4, 0x6474E553
DT_NULL, DT_NEEDED, DT_STRTAB, DT_STRSZ, DT_RPATH, DT_RUNPATH = 0, 1, 5, 10, 15, 29
DT_RELACOUNT = 0x6FFFFFF9
PF_R = 4
TYPE, FLAGS, OFFSET, ADDRESS, PHYSICAL, FILE_SIZE, MEMORY_SIZE, ALIGN = range(8)


class Elf:
    """A program or shared library that is linked dynamically; `Elf.read` gives None for any other file."""

    @staticmethod
    def read(path):
        with open(path, "rb") as file:
            data = bytearray(file.read())
        if len(data) < 64 or data[:6] != b"\x7fELF\x02\x01" or struct.unpack_from("<H", data, 16)[0] not in (2, 3):
            return None
        elf = Elf(path, data)
        return elf if elf.find(PT_DYNAMIC) and elf.tag(DT_STRTAB) is not None else None

    def __init__(self, path, data):
        self.path, self.data = path, data
        self.table, self.sections = struct.unpack_from("<QQ", data, 32)
        _, count, _, self.section_count = struct.unpack_from("<HHHH", data, 54)
        self.segments = [list(struct.unpack_from("<IIQQQQQQ", data, self.table + 56 * i)) for i in range(count)]
        dynamic = self.find(PT_DYNAMIC)
        size = dynamic[FILE_SIZE] // 16 if dynamic else 0
        self.tags = [struct.unpack_from("<qQ", data, dynamic[OFFSET] + 16 * i) for i in range(size)]

    def find(self, kind):
        return next((segment for segment in self.segments if segment[TYPE] == kind), None)

    def tag(self, wanted):
        return next((value for tag, value in self.tags if tag == wanted), None)

    def offset(self, address):
        for s in self.segments:
            if s[TYPE] == PT_LOAD and s[ADDRESS] <= address < s[ADDRESS] + s[FILE_SIZE]:
                return address - s[ADDRESS] + s[OFFSET]
        raise ValueError(f"{self.path}: address {address:#x} is in no segment")

    def string(self, at):
        start = self.offset(self.tag(DT_STRTAB)) + at
        return self.data[start : self.data.index(0, start)].decode()

    @property
    def interpreter(self):
        segment = self.find(PT_INTERP)
        if segment is None:
            return None
        return bytes(self.data[segment[OFFSET] : segment[OFFSET] + segment[FILE_SIZE]]).rstrip(b"\0").decode()

    @property
    def needed(self):
        return [self.string(value) for tag, value in self.live() if tag == DT_NEEDED]

    @property
    def run_path(self):
        """Its entries; those of the older kind where there are no others."""
        for wanted in (DT_RUNPATH, DT_RPATH):
            if self.tag(wanted) is not None:
                return [entry for entry in self.string(self.tag(wanted)).split(":") if entry]
        return []

    def live(self):
        """The entries of the dynamic section before its end mark."""
        for tag, value in self.tags:
            if tag == DT_NULL:
                return
            yield tag, value

    def change(self, interpreter, run_path):
        """Sets the loader (None: as it is) and the run path (empty: none) and writes the file."""
        old_strings = self.offset(self.tag(DT_STRTAB))
        strings = self.data[old_strings : old_strings + self.tag(DT_STRSZ)]
        tags = [entry for entry in self.live() if entry[0] not in (DT_RPATH, DT_RUNPATH)]
        if run_path:
            tags.append((DT_RUNPATH, len(strings)))
            strings += ":".join(run_path).encode() + b"\0"
        if len(tags) + 1 > len(self.tags):
            # It only tells the loader how many relocations are of the simple kind, and may be missing.
            tags = [entry for entry in tags if entry[0] != DT_RELACOUNT]
        if len(tags) + 1 > len(self.tags):
            raise ValueError(f"{self.path}: no room in the dynamic section")
        block = bytearray(strings)
        loader_at = len(block)
        if interpreter is not None:
            block += interpreter.encode() + b"\0"
        address = self.append(block)
        values = {DT_STRTAB: address, DT_STRSZ: len(strings)}
        tags = [(tag, values.get(tag, value)) for tag, value in tags]
        self.write_tags(tags)
        self.move_section(old_strings, address, len(strings))
        if interpreter is not None:
            segment = self.find(PT_INTERP)
            self.move_section(segment[OFFSET], address + loader_at, len(block) - loader_at)
            segment[OFFSET] = self.offset(address) + loader_at
            segment[ADDRESS] = segment[PHYSICAL] = address + loader_at
            segment[FILE_SIZE] = segment[MEMORY_SIZE] = len(block) - loader_at
        for i, segment in enumerate(self.segments):
            struct.pack_into("<IIQQQQQQ", self.data, self.table + 56 * i, *segment)
        with open(self.path, "wb") as file:
            file.write(self.data)

    def append(self, block):
        """Puts `block` at the end of the file as a read-only segment, and returns its address."""
        loads = [s for s in self.segments if s[TYPE] == PT_LOAD]
        spare = self.find(PT_GNU_PROPERTY) or next((s for s in reversed(self.segments) if s[TYPE] == PT_NOTE), None)
        if spare is None:
            raise ValueError(f"{self.path}: no note to replace")
        align = max(s[ALIGN] for s in loads)
        self.data += b"\0" * (-len(self.data) % 16)
        offset = len(self.data)
        end = max(s[ADDRESS] + s[MEMORY_SIZE] for s in loads)
        address = (end + align - 1) // align * align + offset % align
        self.data += block
        self.segments.remove(spare)
        # Loadable segments stand in the order of their addresses.
        place = max(i for i, s in enumerate(self.segments) if s[TYPE] == PT_LOAD) + 1
        self.segments.insert(place, [PT_LOAD, PF_R, offset, address, address, len(block), len(block), align])
        return address

    def write_tags(self, tags):
        at = self.find(PT_DYNAMIC)[OFFSET]
        for i in range(len(self.tags)):
            struct.pack_into("<qQ", self.data, at + 16 * i, *(tags[i] if i < len(tags) else (DT_NULL, 0)))

    def move_section(self, old_offset, address, size):
        """Keeps the section table true for the linker, which finds strings by it."""
        for i in range(self.section_count):
            at = self.sections + 64 * i
            kind, _, _, offset = struct.unpack_from("<IQQQ", self.data, at + 4)
            if offset == old_offset and kind in (1, 3):
                struct.pack_into("<QQQ", self.data, at + 16, address, self.offset(address), size)
