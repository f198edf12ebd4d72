# A package set of a few raw derivations, shaped like nixpkgs where `mkSeed` and the test project touch it. Evaluation
# alone is tested with it, so that nothing in it has to build.
let
  system = "x86_64-linux";

  package =
    name: attributes:
    derivation (
      {
        inherit name system;
        builder = "/bin/sh";
        args = [
          "-c"
          "echo > $out"
        ];
      }
      // removeAttrs attributes [ "meta" ]
    )
    // (if attributes ? meta then { inherit (attributes) meta; } else { });

  # Like nixpkgs' own: the builder comes by string only, the rest of what was passed stays what it was.
  mkDerivation =
    attributes:
    package attributes.name (
      {
        builder = "${packages.bash}/bin/bash";
        stdenv = packages.stdenv;
      }
      // attributes
    )
    // {
      overrideAttrs = change: mkDerivation (attributes // change attributes);
    };

  packages = {
    bash = package "bash" { };
    bashInteractive =
      package "bash-interactive" {
        outputs = [
          "out"
          "man"
          "doc"
        ];
      }
      // {
        meta.outputsToInstall = [
          "out"
          "man"
        ];
      };
    coreutils = package "coreutils" { };
    findutils = package "findutils" { };
    gnugrep = package "gnugrep" { };
    gnused = package "gnused" { };
    gnutar = package "gnutar" { };
    gzip = mkDerivation {
      name = "gzip";
      src = packages.zlibSource;
    };
    sqlite = package "sqlite" { };
    zstd = package "zstd" {
      outputs = [
        "bin"
        "out"
      ];
    };
    cacert = package "cacert" { };
    git = package "git" { };
    nix = package "nix" { meta.license = "lgpl"; };
    nodejs = package "nodejs" { } // {
      version = "24.1.0";
    };
    glibc = package "glibc" { meta.license.spdxId = "LGPL-2.1-or-later"; };
    gcc = package "gcc" { meta.license.spdxId = "GPL-3.0-or-later"; };
    hook = package "hook" { };
    make = package "make" {
      meta.license = [
        { spdxId = "GPL-3.0-or-later"; }
        {
          fullName = "Public Domain";
          shortName = "publicDomain";
        }
        { shortName = "free"; }
      ];
    };
    zlib = package "zlib" {
      meta.license = {
        spdxId = "Zlib";
        fullName = "zlib License";
      };
      outputs = [
        "out"
        "dev"
      ];
      src = packages.zlibSource;
    };
    zlibSource = package "zlib.tar.gz" {
      outputHash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
      outputHashMode = "flat";
    };

    stdenv =
      package "stdenv" {
        initialPath = [ packages.gcc ];
        # A file of the package set itself, in a string.
        setup = "${./packages.nix}";
      }
      // {
        hostPlatform.system = system;
        cc.cc = packages.gcc;
        cc.libc = packages.glibc;
        inherit mkDerivation;
      };

    inherit mkDerivation;
    mkShell =
      attributes:
      mkDerivation (
        {
          name = "shell";
          buildInputs = builtins.concatMap (drv: drv.drvAttrs.buildInputs or [ ]) (attributes.inputsFrom or [ ]);
        }
        // attributes
        // {
          inputsFrom = null;
        }
      );
    runCommand =
      name: attributes: buildCommand:
      mkDerivation ({ inherit name buildCommand; } // attributes);
    # Passes a source on, in an attribute of its own.
    unpack = name: source: mkDerivation { inherit name; src = source; };
    writeText = name: text: package name { inherit text; };
    buildEnv =
      { name, paths, ... }:
      package name {
        inherit paths;
      };
    closureInfo =
      { rootPaths }:
      package "closure-info" {
        inherit rootPaths;
      };
    dockerTools.buildLayeredImage =
      { name, ... }@attributes:
      package "${name}.tar.gz" {
        config = builtins.toJSON attributes.config;
        inherit (attributes) extraCommands;
      };
  };
in
packages
