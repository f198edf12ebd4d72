# The outputs of a flake that reaches its own source in every way that the cut knows.
{ self, pkgs }:
let
  system = "x86_64-linux";
  own = self.packages.${system};
in
{
  packages.${system} = {
    # A folder of the project.
    library = pkgs.mkDerivation {
      name = "library";
      src = ./src;
      buildInputs = [ pkgs.zlib.dev ];
      meta.license.spdxId = "MIT";
    };
    # A local derivation by buildInputs, and one in a string.
    program = pkgs.mkDerivation {
      name = "program";
      src = self;
      buildInputs = [ own.library ];
      nativeBuildInputs = [ pkgs.make ];
    };
    wrapper = pkgs.runCommand "wrapper" { } "ln -s ${own.program}/bin/program $out";
    # A patch of the project on a package that is not of it, and what depends on the result.
    patched = pkgs.gzip.overrideAttrs (_: {
      patches = [ ./fix.patch ];
    });
    dependent = pkgs.mkDerivation {
      name = "dependent";
      buildInputs = [ own.patched ];
      hook = "${pkgs.hook}/nix-support";
    };
    # As lib.lazyDerivation makes it.
    lazy = {
      inherit (own.library)
        type
        name
        drvPath
        outPath
        outputName
        ;
      outputs = [ "out" ];
      out = own.library;
    };
    # Nothing of the project.
    foreign = pkgs.zlib;
    shell = pkgs.bashInteractive;
    # Made from a source that is an input of the flake.
    imported = pkgs.mkDerivation {
      name = "imported";
      src = "${self.inputs.data}";
    };
    # Sources that another file puts into the attribute: a file, the whole project, and a selection of files as
    # lib.cleanSource and lib.fileset.toSource give it.
    file = pkgs.unpack "file" ./src/main.c;
    everything = pkgs.unpack "everything" "${self}/src";
    root = pkgs.unpack "root" ./.;
    cleaned-self = pkgs.unpack "cleaned-self" {
      origSrc = self;
      outPath = builtins.path {
        path = ./src;
        name = "cleaned-self";
      };
    };
    cleaned = pkgs.unpack "cleaned" {
      _isLibCleanSourceWith = true;
      origSrc = ./.;
      outPath = builtins.path {
        path = ./src;
        name = "cleaned-source";
      };
    };
    # A selection whose origin is lost; the attribute stands in this file.
    selected = pkgs.mkDerivation {
      name = "selected";
      src = builtins.path {
        path = ./.;
        name = "some-name";
        filter = path: _: baseNameOf path != "outputs.nix";
      };
      nativeBuildInputs = [ pkgs.make ];
    };
    # Fixed by its hash, so that what it was made from does not matter.
    vendored = pkgs.mkDerivation {
      name = "vendored";
      src = ./src;
      buildInputs = [ own.library ];
      meta.license.spdxId = "MIT";
      outputHash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
      outputHashMode = "flat";
    };
    structured = pkgs.mkDerivation {
      name = "structured";
      __structuredAttrs = true;
      environment.inputs.source = ./src;
      dependencies.build = [ pkgs.hook ];
    };
    seed = {
      type = "derivation";
      isNixSeed = true;
      drvPath = throw "the seed was evaluated";
    };
  };
  checks.${system} = {
    foreign = pkgs.zlib;
    # One file in a string that another file passed on.
    script = pkgs.runCommand "script" { } "sh ${./test.sh} > $out";
    uses-package = pkgs.runCommand "uses-package" { nativeBuildInputs = [ pkgs.gnugrep ]; } "${own.program}/bin/program";
  };
  apps.${system} = {
    local = {
      type = "app";
      program = "${own.program}/bin/program";
    };
    foreign = {
      type = "app";
      program = "${pkgs.gzip}/bin/gzip";
    };
  };
  devShells.${system} = {
    default = pkgs.mkShell {
      name = "from-local";
      inputsFrom = [ own.library ];
    };
    foreign = pkgs.mkShell {
      name = "foreign-shell";
      buildInputs = [ pkgs.gnused ];
    };
  };
}
