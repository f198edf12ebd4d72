{
  description = "Debian packages as a Nix package set that needs no network";

  outputs =
    { self }:
    let
      lib = import ./lib;
      index = lib.importJSON ./index.json;
    in
    {
      inherit lib;
      legacyPackages = lib.genAttrs lib.systems.flakeExposed (system: import ./. { inherit system; });
      packages.${index.system} = {
        inherit (self.legacyPackages.${index.system}) hello;
      };
    };
}
