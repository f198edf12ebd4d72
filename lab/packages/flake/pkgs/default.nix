# The package set: units of the index under the names that nixpkgs has for them.
{ lib, index, config, path, pkgs }:
let
  core = import ./units.nix { inherit lib index; };
  inherit (core) units bootstrap;
  makeStdenv = import ./stdenv { inherit lib index units bootstrap pkgs; };
  stdenvNoCC = makeStdenv { name = "stdenv-nocc"; cc = null; };
  stdenv = makeStdenv { name = "stdenv"; cc = import ./cc { inherit lib index units; packages = pkgs; }; };
  programs = import ./programs.nix { inherit lib index units pkgs; };
  nodejsMajor = lib.versions.major index.units.nodejs.version;
  builders = import ./builders.nix { inherit lib pkgs stdenv stdenvNoCC; };
  callPackage = lib.callPackageWith pkgs;
in
builders
// programs
// import ./fetchers.nix { inherit lib index pkgs; }
// {
  inherit lib path config callPackage stdenv stdenvNoCC;
  inherit (stdenv) system;
  inherit (stdenv) hostPlatform buildPlatform targetPlatform;
  inherit units;
  _type = "pkgs";
  newScope = extra: lib.callPackageWith (pkgs // extra);
  extend = overlay: lib.fix (lib.extends overlay (_: pkgs));
  runtimeShell = "${pkgs.bash}/bin/bash";
  runtimeShellPackage = pkgs.bash;
  # How builders start Python before there is one in the set.
  scripts.python = "PYTHONHOME=${bootstrap} ${toString core.python} -B";
  "nodejs_${nodejsMajor}" = pkgs.nodejs;
  nodejs-slim = pkgs.nodejs;
  gccStdenv = stdenv;
  cc = stdenv.cc;
  gcc = stdenv.cc;
  # Closures for tests and benchmarks: a text that names the paths, and so refers to them.
  quickClosure = pkgs.writeText "quick-closure" (toString (with pkgs; [ hello nodejs git bash coreutils gnugrep gnused stdenv cacert ]));
  benchClosure = pkgs.writeText "bench-closure" (toString (builtins.attrValues units));
  dockerTools = import ./docker.nix { inherit lib index pkgs; };
  pkgsBuildBuild = pkgs;
  pkgsBuildHost = pkgs;
  pkgsHostTarget = pkgs;
}
