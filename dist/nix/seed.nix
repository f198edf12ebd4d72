# Puts a seed together from checked arguments: the roots, the descriptor, the image. With `cut = false` the roots are
# the constant part alone, for a caller that makes the cut itself.
{
  pkgs,
  self,
  name,
  nix,
  nixConf,
  substitutes,
  debugTools,
  contents,
  cut,
}:
let
  inherit (builtins)
    attrValues
    concatMap
    filter
    listToAttrs
    mapAttrs
    toJSON
    unsafeDiscardStringContext
    ;

  inherit (pkgs.stdenv.hostPlatform) system;

  # Not below a folder that a loader searches by itself.
  libraries = "/usr/lib/nix-seed";

  image = import ./config.nix {
    inherit
      name
      nixConf
      substitutes
      system
      libraries
      ;
  };
  rootFs = import ./root-fs.nix {
    inherit
      pkgs
      system
      nix
      debugTools
      libraries
      ;
    inherit (image) nixConfText;
  };

  trees = import ./inputs.nix { inherit self; };

  # `nix develop` realises the bashInteractive of the flake's input named nixpkgs, which need not be that of `pkgs`.
  ownBash = self.inputs.nixpkgs.legacyPackages.${system}.bashInteractive or pkgs.bashInteractive;
  installed =
    package: map (output: "${package.${output}}") (package.meta.outputsToInstall or [ package.outputName ]);

  constant = [
    "${nix}"
    "${pkgs.cacert}"
    "${pkgs.gitMinimal or pkgs.git}"
  ]
  ++ installed pkgs.bashInteractive
  ++ map (path: "${path}") contents;

  found = import ./cut.nix { inherit self system trees; };

  roots = sorted (constant ++ (if cut then found.roots ++ installed ownBash else [ ]));

  # What each output needs and not every job does.
  outputs = mapAttrs (_: filter (path: !(forAll ? ${path}))) found.outputs;
  forAll = byPath (constant ++ installed ownBash ++ trees ++ [ "${rootFs}" ]);

  # By store path; of some that are not in the seed as well, since what a build leaves references to is not known yet.
  licenses = import ./licenses.nix {
    derivations =
      rootFs.packages ++ contents ++ (if cut then [ ownBash ] ++ found.derivations else [ ]);
  };

  # Sorted by text, each once; their context is kept.
  sorted = paths: attrValues (byPath paths);
  byPath =
    paths:
    listToAttrs (
      map (path: {
        name = unsafeDiscardStringContext path;
        value = path;
      }) paths
    );

  bin = package: program: "${package.bin or package}/bin/${program}";

  descriptor = pkgs.writeText "seed.json" (
    toJSON (
      {
        version = 1;
        inherit name system roots;
        rootfs = "${rootFs}";
        inherit (image) config directories;
        inputs = trees;
        inherit licenses;
        tools = {
          zstd = bin pkgs.zstd "zstd";
          erofs-utils = if pkgs ? erofs-utils then bin pkgs.erofs-utils "mkfs.erofs" else null;
          nix = bin nix "nix";
        };
      }
      // (if cut then { inherit outputs; } else { })
    )
  );
in
{
  inherit descriptor system;
  inherit (image) config;
  contents = sorted (roots ++ trees ++ [ "${rootFs}" ]);
  image = import ./image.nix {
    inherit
      pkgs
      name
      nix
      rootFs
      ;
    inherit (image) config directories;
    contents = sorted (roots ++ trees ++ [ "${rootFs}" ]);
  };
}
