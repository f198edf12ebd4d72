# What single units need beyond the general rules of builders/unpack.py.
{ lib, index }:
let
  inherit (index) triplet;
  pythonVersion = lib.versions.majorMinor index.units.python3.version;
  gccVersion = lib.versions.major index.units.gcc.version;
  tools = [ "gcc" "g++" "cpp" "gcc-ar" "gcc-nm" "gcc-ranlib" "gcov" ];

  byName = {
    # The loader and what it loads find one another by themselves, and must not be touched.
    glibc = {
      untouched = [ "lib/.*" "lib64/.*" ];
      # The machine's cache of libraries belongs to another C library. Equally long, or the loader would break.
      replace."lib/${triplet}/ld-linux.*" = { "/etc/ld.so.cache" = "/nix/ld.so.cache"; };
      remove = [ "bin/ldconfig" "bin/catchsegv" "bin/tzselect" "bin/zdump" "bin/zic" "var" ];
    };
    gcc-lib.pname = "gcc-lib";
    bash.links."bin/sh" = "bash";
    gawk.links."bin/awk" = "gawk";
    pkgconf-bin = { pname = "pkg-config"; links."bin/pkg-config" = "pkgconf"; };
    ninja-build = { pname = "ninja"; setupHook = ./hooks/ninja.sh; };
    cmake.setupHook = ./hooks/cmake.sh;
    # Debian chooses among several implementations when a package is installed.
    libblas3.links."lib/${triplet}/libblas.so.3" = "blas/libblas.so.3";
    liblapack3.links."lib/${triplet}/liblapack.so.3" = "lapack/liblapack.so.3";
    nix-bin.pname = "nix";
    busybox-static = { pname = "busybox"; };
    make.pname = "gnumake";
    xz-utils.pname = "xz";
    sqlite3.pname = "sqlite";
    python3 = { links."bin/python" = "python3"; setupHook = ./hooks/python.sh; };
    gcc.links = lib.genAttrs' tools (tool: lib.nameValuePair "bin/${tool}" "${triplet}-${tool}-${gccVersion}");
  };
in
name:
(byName.${name} or { })
// lib.optionalAttrs (lib.hasPrefix "python3" name) {
  compile = [ "lib/python${pythonVersion}" "lib/python3" ];
}
