# The descriptor for a flake that declares no seed, without the cut: its roots are the part that every seed has. The
# caller adds what it finds in the flake's derivations.
#
#   nix build --impure --expr 'import ./automatic.nix { flake = "git+file:///project?rev=…"; system = "x86_64-linux"; }'
#
# Takes a flake reference, or the flake itself as `self`.
{
  flake ? null,
  self ? builtins.getFlake flake,
  system ? builtins.currentSystem,
  name ? "seed",
}:
let
  inputs = removeAttrs self.inputs [ "seed-self" ];
  isNixpkgs = input: inputs.${input} ? legacyPackages.${system}.dockerTools;
  candidates = builtins.filter isNixpkgs (
    (if inputs ? nixpkgs then [ "nixpkgs" ] else [ ]) ++ builtins.attrNames inputs
  );
  input =
    if candidates == [ ] then
      throw "nix-seed: none of the flake's inputs is nixpkgs (a flake with legacyPackages.${system}), which a seed takes Nix, git and a shell from; add to flake.nix: inputs.nixpkgs.url = \"github:NixOS/nixpkgs/nixos-unstable\";"
    else
      builtins.head candidates;

  checked = import ./arguments.nix {
    inherit self name;
    pkgs = inputs.${input}.legacyPackages.${system};
  };
in
(import ./seed.nix (checked // { cut = false; })).descriptor
