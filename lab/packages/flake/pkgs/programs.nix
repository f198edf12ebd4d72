# The units as packages: with pname, version, meta.mainProgram, outputs' names and overrides.
{ lib, index, units, pkgs }:
let
  # A unit as a package. Debian has no outputs, so each name of one leads to the same path.
  package =
    name: { main ? null, ... }@extra:
    let
      unit = units.${name};
      version = index.units.${name}.version;
      self =
        unit
        // {
          pname = (builtins.parseDrvName unit.name).name;
          inherit version;
          meta = unit.meta // {
            inherit (unit) name;
            available = true;
            broken = false;
            outputsToInstall = [ "out" ];
            description = "${name} of Debian";
          }
          // lib.optionalAttrs (main != null) { mainProgram = main; };
          passthru = extra;
          override = _: self;
          overrideAttrs = _: throw "${name} is a Debian package: overrideAttrs has nothing to change";
          all = [ self ];
          out = self;
        }
        // removeAttrs extra [ "main" ];
    in
    self;

  program = name: main: package name { inherit main; };
  library = name: package name { };
  # Headers and library of one package as nixpkgs has them: `dev` with the headers, `out` with what runs.
  split = dev: runtime: package runtime { dev = library dev; lib = library runtime; };

  # A program whose package has libraries too. Its `dev` brings the program along, as an input's does in nixpkgs.
  programAndLibrary =
    { unit, main, dev, runtime }:
    package unit {
      inherit main;
      bin = program unit main;
      out = library runtime;
      lib = library runtime;
      dev = pkgs.runCommandLocal "${unit}-dev-${index.units.${dev}.version}" { } ''
        mkdir -p $out/nix-support
        ln -s ${units.${dev}}/include ${units.${dev}}/lib $out/
        echo ${units.${dev}} ${units.${unit}} > $out/nix-support/propagated-build-inputs
      '';
    };
in
{
  inherit (import ./wrapped.nix { inherit lib index units pkgs package; })
    boost
    cacert
    git
    gitMinimal
    nodejs
    pkgsStatic
    python3
    python3Packages
    ;

  bash = program "bash" "bash";
  bashInteractive = program "bash" "bash";
  bashNonInteractive = program "bash" "bash";
  binutils = package "binutils" { main = "ld"; };
  binutils-unwrapped = package "binutils" { };
  busybox = program "busybox-static" "busybox";
  bzip2 = program "bzip2" "bzip2";
  cargo = program "cargo" "cargo";
  cmake = program "cmake" "cmake" // { setupHooks = [ ]; };
  coreutils = package "coreutils" { };
  curl = program "curl" "curl";
  curlMinimal = program "curl" "curl";
  diffutils = package "diffutils" { };
  erofs-utils = package "erofs-utils" { };
  file = program "file" "file";
  findutils = package "findutils" { };
  gawk = program "gawk" "gawk";
  gcc-unwrapped = package "gcc" { lib = package "gcc-lib" { }; libgcc = package "gcc-lib" { }; main = "gcc"; isGNU = true; };
  glibc = package "glibc" { bin = package "glibc" { }; dev = package "glibc-dev" { }; };
  gnugrep = program "grep" "grep";
  gnumake = program "make" "make";
  gnused = program "sed" "sed";
  gnutar = program "tar" "tar";
  gzip = program "gzip" "gzip";
  hello = program "hello" "hello";
  jq = program "jq" "jq";
  libgcc = package "gcc-lib" { };
  ninja = program "ninja-build" "ninja";
  nix = package "nix-bin" { main = "nix"; };
  openssl = programAndLibrary {
    unit = "openssl";
    main = "openssl";
    dev = "libssl-dev";
    runtime = "libssl3t64";
  };
  patch = program "patch" "patch";
  patchelf = program "patchelf" "patchelf";
  pkg-config = program "pkgconf-bin" "pkg-config";
  pkgconf = program "pkgconf-bin" "pkgconf";
  rustc = program "rustc" "rustc";
  sqlite = programAndLibrary {
    unit = "sqlite3";
    main = "sqlite3";
    dev = "libsqlite3-dev";
    runtime = "libsqlite3-0";
  };
  which = pkgs.writeShellScriptBin "which" ''
    status=0
    for name in "$@"; do type -P -- "$name" || status=1; done
    exit "$status"
  '';
  xz = program "xz-utils" "xz";
  zlib = split "zlib1g-dev" "zlib1g";
  zstd = program "zstd" "zstd";
}
