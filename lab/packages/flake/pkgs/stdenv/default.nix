# stdenv: a derivation with the file `setup`, and mkDerivation around it.
{ lib, index, units, bootstrap, pkgs }:
let
  platform = lib.systems.elaborate index.system;

  initialPath = map (name: units.${name}) [
    "coreutils"
    "findutils"
    "diffutils"
    "sed"
    "grep"
    "gawk"
    "tar"
    "gzip"
    "bzip2"
    "make"
    "bash"
    "patch"
    "xz-utils"
    "file"
  ];

  # `set` is the derivation; the rest is what expressions look at.
  make =
    { name, cc }:
    let
      defaults = lib.optionals (cc != null) [ cc units.patchelf ];
      set = derivation {
        name = name;
        inherit (index) system;
        builder = "${units.bash}/bin/bash";
        args = [ "-e" ./make.sh ];
        PATH = "${units.coreutils}/bin:${units.sed}/bin";
        setup = ./setup.sh;
        shell = "${units.bash}/bin/bash";
        inherit (index) triplet;
        inherit initialPath defaults;
        preferLocalBuild = true;
      };
      stdenv = set // {
        inherit cc initialPath;
        inherit (index) system;
        shell = "${units.bash}/bin/bash";
        hostPlatform = platform;
        buildPlatform = platform;
        targetPlatform = platform;
        inherit (platform)
          isLinux
          isDarwin
          isUnix
          isx86_64
          isAarch64
          is64bit
          ;
        isCross = false;
        hasCC = cc != null;
        extraNativeBuildInputs = [ ];
        defaultBuildInputs = [ ];
        mkDerivation = import ./mk-derivation.nix { inherit lib stdenv; };
        override = _: stdenv;
        libc = pkgs.glibc;
        bootstrapTools = bootstrap;
      };
    in
    stdenv;
in
make
