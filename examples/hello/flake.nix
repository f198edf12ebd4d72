{
  description = "A C program whose jobs start from a seed";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
    nix-seed.url = "github:nix-seed/nix-seed";
  };

  outputs =
    {
      self,
      nixpkgs,
      nix-seed,
    }:
    let
      forEachSystem =
        outputs:
        nixpkgs.lib.genAttrs [
          "aarch64-linux"
          "x86_64-linux"
        ] (system: outputs nixpkgs.legacyPackages.${system} self.packages.${system});
    in
    {
      packages = forEachSystem (
        pkgs: own: {
          default = own.hello;

          hello = pkgs.stdenv.mkDerivation {
            pname = "hello";
            version = "1.0";
            src = ./src;
            buildPhase = ''
              $CC -O2 -Wall -o hello hello.c
            '';
            installPhase = ''
              mkdir -p $out/bin
              cp hello $out/bin/
            '';
          };

          # What hello needs before it can be built, as an image. It does not depend on src.
          seed = nix-seed.lib.mkSeed { inherit pkgs self; };
        }
      );

      checks = forEachSystem (
        pkgs: own: {
          greets = pkgs.runCommand "hello-greets" { } ''
            ${own.hello}/bin/hello | grep 'Hello, world' > $out
          '';
        }
      );

      apps = forEachSystem (
        _: own: {
          default = {
            type = "app";
            program = "${own.hello}/bin/hello";
          };
        }
      );

      devShells = forEachSystem (
        pkgs: own: {
          default = pkgs.mkShell { inputsFrom = [ own.hello ]; };
        }
      );
    };
}
