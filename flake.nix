{
  description = "Start Nix jobs in CI from a pinned OCI image of the project's dependency closure";

  # No inputs: whatever stood here would be fetched, and seeded, by every flake that uses the library.
  outputs =
    _:
    let
      eachSystem =
        value:
        builtins.listToAttrs (
          map
            (system: {
              name = system;
              value = value system;
            })
            [
              "aarch64-darwin"
              "aarch64-linux"
              "x86_64-darwin"
              "x86_64-linux"
            ]
        );

      failed = import ./nix/tests;
    in
    {
      lib.mkSeed = import ./nix/mkseed.nix;

      checks = eachSystem (system: {
        evaluation =
          if failed == [ ] then
            derivation {
              name = "nix-seed-evaluation";
              inherit system;
              builder = "/bin/sh";
              args = [
                "-c"
                "echo passed > $out"
              ];
            }
          else
            throw "nix-seed: evaluation tests failed: ${builtins.toJSON failed}";
      });
    };
}
