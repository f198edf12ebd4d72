# lib.mkSeed: the seed of a flake. See docs/mkseed.md.
args:
let
  checked = import ./arguments.nix args;
  seed = import ./seed.nix (checked // { cut = true; });

  # A look at the flake's outputs must not evaluate the seed, which looks at the flake's outputs itself. So nothing here
  # is taken from the image but what only a build asks for.
  result = {
    type = "derivation";
    isNixSeed = true;
    name = "${baseNameOf checked.name}.tar.gz";
    inherit (checked.pkgs.stdenv.hostPlatform) system;
    outputs = [ "out" ];
    outputName = "out";
    out = result;
    all = [ result ];
    inherit (seed.image) drvPath outPath drvAttrs;
    meta = {
      description = "OCI image of what the flake's outputs need before they can be built";
    };

    imageName = checked.name;
    imageTag = "latest";
    descriptor = seed.descriptor // {
      isNixSeed = true;
    };
    inherit (seed) contents config;
  };
in
builtins.seq checked result
