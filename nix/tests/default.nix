# Evaluation tests of the library:
#
#   nix eval --file nix/tests
#
# gives [ ] when all hold, and otherwise one { name, actual, expected } for each that does not.
let
  inherit (builtins)
    attrNames
    baseNameOf
    concatMap
    elem
    filter
    getContext
    mapAttrs
    stringLength
    substring
    tryEval
    unsafeDiscardStringContext
    ;

  system = "x86_64-linux";
  pkgs = import ./packages.nix;

  # -- flakes --------------------------------------------------------------------------------------------------------

  tree =
    keep:
    builtins.path {
      path = ./project;
      name = "source";
      filter = path: _: keep (baseNameOf path);
    };
  untouched = tree (_: true);
  # The same project after its source files have changed: one is gone.
  touched = tree (name: name != "notes.txt");

  flake =
    outPath: inputs: outputs:
    let
      self = outputs self // {
        inherit outPath inputs;
        sourceInfo = { inherit outPath; };
        _type = "flake";
      };
    in
    self;
  project =
    outPath:
    flake outPath { data = input "data" { }; } (self: import "${outPath}/outputs.nix" { inherit self pkgs; });

  only =
    kind: names: self:
    self
    // {
      packages = { };
      checks = { };
      apps = { };
      devShells = { };
    }
    // {
      ${kind}.${system} = builtins.listToAttrs (
        map (name: {
          inherit name;
          value = self.${kind}.${system}.${name};
        }) names
      );
    };

  # -- what they give ------------------------------------------------------------------------------------------------

  cutFull =
    self:
    import ../cut.nix {
      inherit self system;
      trees = import ../inputs.nix { inherit self; };
    };
  cut = self: (cutFull self).roots;
  # { "packages.SYSTEM.NAME" = names of store paths; … }
  outputsOf = value: mapAttrs (_: paths: sort (map nameOf paths)) (descriptorOf value).outputs;
  nameOf =
    path:
    let
      base = baseNameOf (unsafeDiscardStringContext path);
    in
    substring 33 (stringLength base) base;
  cutOf = kind: name: map nameOf (cut (only kind [ name ] (project untouched)));
  sort = builtins.sort (a: b: a < b);

  mkSeed = import ../mkseed.nix;
  seedOf =
    self: arguments:
    mkSeed ({ inherit pkgs self; } // arguments);
  seed = seedOf (project untouched) { };
  fails = value: !(tryEval (builtins.deepSeq value value)).success;

  # Text of a file that the stand-in for `writeText` would write.
  descriptorOf = value: builtins.fromJSON (unsafeDiscardStringContext value.descriptor.drvAttrs.text);
  # { name = licences; } of store paths.
  byName =
    found:
    builtins.listToAttrs (
      map (path: {
        name = nameOf path;
        value = found.${path};
      }) (attrNames found)
    );
  rawLicenses = derivations: import ../licenses.nix { inherit derivations; };
  licensesFor = derivations: byName (rawLicenses derivations);
  licensesOf = self: byName (descriptorOf (seedOf self { })).licenses;
  hasRoot = name: value: elem name (map nameOf (descriptorOf value).roots);

  build = [
    "bash"
    "stdenv"
  ];

  # -- flakes with inputs ----------------------------------------------------------------------------------------------

  input = name: inputs: {
    outPath = "${builtins.toFile name name}";
    inherit inputs;
  };
  tangled = flake untouched rec {
    a = input "a" { inherit b; };
    b = input "b" {
      inherit a;
      root = project untouched;
    };
    plain = {
      outPath = "${builtins.toFile "plain" ""}";
    };
    seed-self = throw "seed-self was fetched";
  } (_: { });

  tests = {
    "a folder of the project makes a package local: its inputs are seeded, with the outputs that it uses" = {
      actual = sort (cutOf "packages" "library");
      expected = sort (build ++ [ "zlib-dev" ]);
    };
    "a lazy derivation is as local as the one behind it" = {
      actual = sort (cutOf "packages" "lazy");
      expected = sort (build ++ [ "zlib-dev" ]);
    };
    "what stands beside the folder of the flake is source of the project" = {
      actual = sort (
        map nameOf (
          cut (
            flake untouched { } (_: {
              packages.${system}.beside = pkgs.unpack "beside" "${untouched}/test.sh";
            })
            // {
              outPath = "${untouched}/src";
            }
          )
        )
      );
      expected = build;
    };
    "a local derivation in buildInputs is not seeded, its inputs are" = {
      actual = sort (cutOf "packages" "program");
      expected = sort (
        build
        ++ [
          "make"
          "zlib-dev"
        ]
      );
    };
    "a local derivation that is interpolated is not seeded" = {
      actual = sort (map nameOf (cut (only "packages" [ "wrapper" "program" ] (project untouched))));
      expected = sort (
        build
        ++ [
          "make"
          "zlib-dev"
        ]
      );
    };
    "a patch of the project makes a package local, and what depends on it" = {
      actual = sort (cutOf "packages" "dependent");
      expected = sort (
        build
        ++ [
          "hook"
          "zlib.tar.gz"
        ]
      );
    };
    "a package of nixpkgs is seeded itself, as it is installed" = {
      actual = [
        (cutOf "packages" "foreign")
        (sort (cutOf "packages" "shell"))
      ];
      expected = [
        [ "zlib" ]
        [
          "bash-interactive"
          "bash-interactive-man"
        ]
      ];
    };
    "a check of nixpkgs is seeded itself, with all its outputs" = {
      actual = sort (cutOf "checks" "foreign");
      expected = [
        "zlib"
        "zlib-dev"
      ];
    };
    "a file, a folder, the whole project and a selection of files are source of the project" = {
      actual = map (name: sort (cutOf "packages" name)) [
        "file"
        "everything"
        "root"
        "cleaned"
        "cleaned-self"
      ];
      expected = [
        build
        build
        build
        build
        build
      ];
    };
    "the source tree of an input is not source of the project" = {
      actual = cutOf "packages" "imported";
      expected = [ "imported" ];
    };
    "builtins.path in an attribute of the project is source of the project" = {
      actual = sort (cutOf "packages" "selected");
      expected = sort (build ++ [ "make" ]);
    };
    "what its hash fixes is seeded, whatever it was made from" = {
      actual = cutOf "packages" "vendored";
      expected = [ "vendored" ];
    };
    "structured attributes are searched to the bottom" = {
      actual = sort (cutOf "packages" "structured");
      expected = sort (build ++ [ "hook" ]);
    };
    "a file of the project in a string that nixpkgs passes on is source of the project" = {
      actual = sort (cutOf "checks" "script");
      expected = build;
    };
    "a file of nixpkgs in a string is not" = {
      actual = elem "stdenv" (cutOf "checks" "script");
      expected = true;
    };
    "an app of nixpkgs is seeded itself" = {
      actual = cutOf "apps" "foreign";
      expected = [ "gzip" ];
    };
    "a dev shell is seeded by its inputs, local or not" = {
      actual = [
        (sort (cutOf "devShells" "default"))
        (sort (cutOf "devShells" "foreign"))
      ];
      expected = [
        (sort (build ++ [ "zlib-dev" ]))
        (sort (build ++ [ "gnused" ]))
      ];
    };
    "the whole flake needs no derivation of its own" = {
      actual = filter (
        name:
        elem name [
          "library"
          "program"
          "wrapper"
          "patched"
          "dependent"
          "script"
        ]
      ) (map nameOf (cut (project untouched)));
      expected = [ ];
    };
    "every root keeps its context" = {
      actual = filter (root: getContext root == { }) (cut (project untouched));
      expected = [ ];
    };
    "roots are sorted and single" = {
      actual = map unsafeDiscardStringContext (cut (project untouched));
      expected = attrNames (
        builtins.listToAttrs (
          map (root: {
            name = unsafeDiscardStringContext root;
            value = null;
          }) (cut (project untouched))
        )
      );
    };
    "the roots are what the outputs need, and each output has its own part of them" = {
      actual =
        let
          found = cutFull (project untouched);
          isSame =
            kind: name:
            found.outputs."${kind}.${system}.${name}" == texts (only kind [ name ] (project untouched));
          texts = self: map unsafeDiscardStringContext (cut self);
          wrong = concatMap (
            kind:
            filter (name: !(isSame kind name)) (
              attrNames (
                removeAttrs (project untouched).${kind}.${system} [
                  "seed"
                  # Alone, they do not lead by value to the package that they name in a string.
                  "wrapper"
                  "uses-package"
                  "local"
                ]
              )
            )
          );
        in
        {
          wrong = wrong [
            "packages"
            "checks"
            "apps"
            "devShells"
          ];
          hasContext = filter builtins.hasContext (concatMap (name: found.outputs.${name}) (attrNames found.outputs));
          missing = filter (
            root: !(builtins.any (name: elem root found.outputs.${name}) (attrNames found.outputs))
          ) (texts (project untouched));
        };
      expected = {
        wrong = [ ];
        hasContext = [ ];
        missing = [ ];
      };
    };
    "an output that names a package in a string needs what that needs" = {
      actual = map (attribute: (outputsOf seed).${attribute}) [
        "packages.${system}.wrapper"
        "apps.${system}.local"
        "checks.${system}.uses-package"
      ];
      expected =
        let
          ofProgram = build ++ [
            "make"
            "zlib-dev"
          ];
        in
        [
          (sort ofProgram)
          (sort ofProgram)
          (sort (ofProgram ++ [ "gnugrep" ]))
        ];
    };
    "what every job needs is in the part of no output" = {
      actual = builtins.intersectAttrs {
        "packages.${system}.shell" = null;
        "packages.${system}.program" = null;
        "checks.${system}.foreign" = null;
        "apps.${system}.foreign" = null;
        "devShells.${system}.foreign" = null;
      } (outputsOf (seedOf (project untouched) { contents = [ pkgs.make ]; }));
      expected = {
        "packages.${system}.shell" = [ ];
        "packages.${system}.program" = sort (build ++ [ "zlib-dev" ]);
        "checks.${system}.foreign" = [
          "zlib"
          "zlib-dev"
        ];
        "apps.${system}.foreign" = [ "gzip" ];
        "devShells.${system}.foreign" = sort (build ++ [ "gnused" ]);
      };
    };
    "a broken package fails the cut" = {
      actual = fails (cut (flake untouched { } (_: { packages.${system}.broken = throw "broken"; })));
      expected = true;
    };

    "inputs are found to the bottom, once, in spite of circles, without seed-self" = {
      actual = sort (map nameOf (import ../inputs.nix { self = tangled; }));
      expected = [
        "a"
        "b"
        "data"
        "plain"
      ];
    };

    "changed source leaves the seed as it was" = {
      actual =
        let
          self = project touched;
          stable = removeAttrs self.packages.${system} [ "vendored" ];
        in
        (seedOf (self // { packages.${system} = stable; }) { }).drvPath;
      expected =
        let
          self = project untouched;
          stable = removeAttrs self.packages.${system} [ "vendored" ];
        in
        (seedOf (self // { packages.${system} = stable; }) { }).drvPath;
    };
    "changed source leaves the seed's output as it was where a hash fixes what was made from it" = {
      actual = (seedOf (project touched) { }).outPath;
      expected = seed.outPath;
    };
    "and the two sources do differ" = {
      actual = untouched == touched;
      expected = false;
    };

    "a look at a seed evaluates nothing" = {
      actual =
        let
          lazy = mkSeed {
            pkgs.stdenv.hostPlatform = { inherit system; };
            pkgs.dockerTools = { };
            self = throw "self was evaluated";
          };
        in
        {
          inherit (lazy)
            type
            isNixSeed
            name
            system
            outputName
            outputs
            ;
        };
      expected = {
        type = "derivation";
        isNixSeed = true;
        name = "seed.tar.gz";
        inherit system;
        outputName = "out";
        outputs = [ "out" ];
      };
    };
    "the descriptor says what the packer reads" = {
      actual = mapAttrs (_: builtins.typeOf) (descriptorOf seed);
      expected = {
        config = "set";
        directories = "list";
        inputs = "list";
        licenses = "set";
        name = "string";
        outputs = "set";
        rootfs = "string";
        roots = "list";
        system = "string";
        tools = "set";
        version = "int";
      };
    };
    "licences are found in what the project and the image are made from, in every way that they are stated" = {
      actual = licensesOf (project untouched);
      expected = {
        # A compiler's parts are known by its wrapper.
        "gcc" = [ "GPL-3.0-or-later" ];
        "glibc" = [ "LGPL-2.1-or-later" ];
        # Every output has it, and the first that is named counts.
        "zlib" = [ "Zlib" ];
        "zlib-dev" = [ "Zlib" ];
        # Several; of those without an identifier the name.
        "make" = [
          "GPL-3.0-or-later"
          "Public Domain"
          "free"
        ];
        "nix" = [ "lgpl" ];
        # Fixed by its hash: it is what it is, whatever it is made from.
        "vendored" = [ "MIT" ];
      };
    };
    "a licence that cannot be told is none, and no failure" = {
      actual = map (meta: licensesFor [ (pkgs.hook // { inherit meta; }) ]) [
        null
        { license = throw "no licence"; }
        { license = null; }
        { license = [ ]; }
        { license = ""; }
        { license = 1; }
        { license.spdxId = throw "no identifier"; }
        { license.spdxId = [ "MIT" ]; }
        { license = [ [ { } ] ]; }
        (throw "no meta")
      ];
      expected = builtins.genList (_: { }) 10;
    };
    "what cannot be evaluated is passed over" = {
      actual = licensesFor [
        (throw "broken")
        null
        "text"
        { type = "derivation"; }
        {
          type = "derivation";
          drvPath = throw "broken";
        }
        (
          pkgs.gcc
          // {
            isNixSeed = true;
            outPath = throw "the seed was evaluated";
          }
        )
        (
          pkgs.gcc
          // {
            cc = throw "no compiler";
            libc = 1;
          }
        )
      ];
      expected = {
        "gcc" = [ "GPL-3.0-or-later" ];
      };
    };
    "an output of another derivation has the licences of that" = {
      actual = licensesFor [ (pkgs.gcc // { out = pkgs.zlib; }) ];
      expected = {
        "gcc" = [ "GPL-3.0-or-later" ];
      };
    };
    "licences hold nothing in the store" = {
      actual = filter (path: builtins.hasContext path) (
        concatMap (found: attrNames found ++ concatMap (path: found.${path}) (attrNames found)) [
          (rawLicenses [
            pkgs.zlib
            (pkgs.hook // { meta.license = "${pkgs.make}"; })
          ])
        ]
      );
      expected = [ ];
    };
    "Nix, git, certificates and a shell are roots" = {
      actual = filter (name: !(hasRoot name seed)) [
        "nix"
        "git"
        "cacert"
        "bash-interactive"
        "bash-interactive-man"
      ];
      expected = [ ];
    };
    "contents are roots" = {
      actual = hasRoot "make" (seedOf (project untouched) { contents = [ pkgs.make ]; });
      expected = true;
    };
    "debug tools are in the profile" = {
      actual =
        let
          root = import ../root-fs.nix {
            inherit pkgs system;
            inherit (pkgs) nix;
            nixConfText = "";
            libraries = "/lib";
            debugTools = [ pkgs.make ];
          };
        in
        map (tool: tool.name) root.drvAttrs.profile.drvAttrs.paths;
      expected = [
        "bash-interactive"
        "coreutils"
        "findutils"
        "gnugrep"
        "gnused"
        "gnutar"
        "gzip"
        "git"
        "nodejs"
        "nix"
        "make"
      ];
    };
    "a seed without cut has the constant roots alone" = {
      actual = map nameOf (
        (builtins.fromJSON (
          unsafeDiscardStringContext
            (import ../automatic.nix {
              self = project untouched // {
                inputs.other.legacyPackages.${system} = pkgs;
                inputs.other.outPath = "${builtins.toFile "other" ""}";
              };
              inherit system;
            }).drvAttrs.text
        )).roots
      );
      expected = map nameOf (
        builtins.sort (a: b: a < b) (
          map unsafeDiscardStringContext [
            "${pkgs.nix}"
            "${pkgs.git}"
            "${pkgs.cacert}"
            "${pkgs.bashInteractive}"
            "${pkgs.bashInteractive.man}"
          ]
        )
      );
    };
    "a flake without nixpkgs has no automatic seed" = {
      actual = fails (
        import ../automatic.nix {
          self = project untouched;
          inherit system;
        }
      );
      expected = true;
    };

    "settings become lines of nix.conf" = {
      actual =
        (import ../config.nix {
          name = "seed";
          inherit system;
          libraries = "/lib";
          substitutes = [
            "https://one.example"
            {
              url = "https://two.example";
              publicKey = "two:key";
            }
          ];
          nixConf = {
            sandbox = false;
            cores = 2;
            system-features = [
              "kvm"
              "big-parallel"
            ];
          };
        }).nixConfText;
      expected = ''
        build-users-group = 
        cores = 2
        experimental-features = nix-command flakes
        extra-substituters = https://one.example https://two.example
        extra-trusted-public-keys = two:key
        sandbox = false
        sandbox-fallback = true
        system-features = kvm big-parallel
      '';
    };
    "settings as text come after the defaults" = {
      actual =
        (import ../config.nix {
          name = "seed";
          inherit system;
          libraries = "/lib";
          substitutes = [ ];
          nixConf = "cores = 2\n";
        }).nixConfText;
      expected = ''
        build-users-group = 
        experimental-features = nix-command flakes
        sandbox = true
        sandbox-fallback = true
        cores = 2
      '';
    };

    "wrong arguments fail" = {
      actual = filter (arguments: !(fails (mkSeed arguments).drvPath)) [
        [ ]
        { }
        { inherit pkgs; }
        {
          inherit pkgs;
          self = project untouched;
          nam = "seed";
        }
        {
          pkgs = "nixpkgs";
          self = project untouched;
        }
        {
          inherit pkgs;
          self = ./.;
        }
        {
          inherit pkgs;
          self = project untouched;
          name = "Upper";
        }
        {
          inherit pkgs;
          self = project untouched;
          nixConf.sandbox = null;
        }
        {
          inherit pkgs;
          self = project untouched;
          contents = "all";
        }
      ];
      expected = [ ];
    };
  };
in
concatMap (
  name:
  let
    test = tests.${name};
  in
  if test.actual == test.expected then [ ] else [ ({ inherit name; } // test) ]
) (attrNames tests)
