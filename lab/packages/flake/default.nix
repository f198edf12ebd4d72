{
  localSystem ? { system = builtins.currentSystem; },
  system ? localSystem.system or localSystem,
  overlays ? [ ],
  config ? { },
  ...
}:
let
  lib = import ./lib;
  index = lib.importJSON ./index.json;
  base = final: import ./pkgs { inherit lib index config; pkgs = final; path = ./.; };
in
if index.system != system then
  throw "This package set was made for ${index.system}; it holds nothing for ${system}."
else
  lib.fix (lib.foldl' (lib.flip lib.extends) base overlays)
