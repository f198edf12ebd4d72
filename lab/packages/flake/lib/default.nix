# What projects commonly take from nixpkgs' lib, under the same names and with the same meaning.
let
  lib =
    (import ./trivial.nix)
    // (import ./lists.nix)
    // (import ./attrsets.nix lib)
    // (import ./strings.nix lib)
    // (import ./derivations.nix lib)
    // (import ./sources.nix lib)
    // {
      licenses = import ./licenses.nix;
      systems = import ./systems.nix lib;
      platforms = lib.systems.platforms;
      maintainers = { };
      teams = { };
      sourceTypes = {
        binaryNativeCode = { shortName = "binaryNativeCode"; isSource = false; };
        fromSource = { shortName = "fromSource"; isSource = true; };
      };
      fileset = import ./fileset.nix lib;
      trivial = import ./trivial.nix;
      lists = import ./lists.nix;
      attrsets = import ./attrsets.nix lib;
      strings = import ./strings.nix lib;
      sources = import ./sources.nix lib;
      customisation = { inherit (lib) makeOverridable callPackageWith; };
      meta = { inherit (lib) getExe getExe'; };
      version = lib.trivial.release;
    };
in
lib
