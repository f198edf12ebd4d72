# mkDerivation: attributes to a derivation, with overrideAttrs and the attributes of nixpkgs' derivations.
{ lib, stdenv }:
let
  # What is for expressions only and no part of the derivation.
  hidden = [ "meta" "passthru" "pos" "env" "__contentAddressed" ];

  lists = [
    "depsBuildBuild"
    "nativeBuildInputs"
    "depsBuildTarget"
    "depsHostHost"
    "buildInputs"
    "depsTargetTarget"
    "propagatedNativeBuildInputs"
    "propagatedBuildInputs"
  ];

  flattenInputs = inputs: map lib.getDev (lib.filter (input: input != null) (lib.flatten inputs));

  make =
    function:
    let
      attrs = function final;
      name =
        attrs.name or (
          if attrs ? pname then
            "${attrs.pname}${lib.optionalString (attrs.version or null != null) "-${attrs.version}"}"
          else
            throw "mkDerivation: needs name, or pname and version"
        );
      parsed = builtins.parseDrvName name;
      checks =
        lib.optionals (attrs.doCheck or false) (attrs.nativeCheckInputs or [ ] ++ attrs.checkInputs or [ ])
        ++ lib.optionals (attrs.doInstallCheck or false) (attrs.nativeInstallCheckInputs or [ ] ++ attrs.installCheckInputs or [ ]);
      inputs = lib.genAttrs lists (
        list: flattenInputs (attrs.${list} or [ ] ++ lib.optionals (list == "nativeBuildInputs") checks)
      );
      drvAttrs =
        removeAttrs attrs hidden
        // attrs.env or { }
        // inputs
        // {
          inherit name stdenv;
          inherit (stdenv) system;
          builder = attrs.realBuilder or (attrs.builder or "${stdenv.shell}");
          args = attrs.args or [ "-e" ./builder.sh ];
          outputs = attrs.outputs or [ "out" ];
          strictDeps = attrs.strictDeps or false;
          doCheck = attrs.doCheck or false;
          doInstallCheck = attrs.doInstallCheck or false;
          configureFlags = attrs.configureFlags or [ ];
          patches = attrs.patches or [ ];
        };
      passthru = attrs.passthru or { };
      extra = {
        inherit name;
        inherit (stdenv) system;
        pname = attrs.pname or parsed.name;
        meta = {
          inherit name;
          available = true;
          broken = false;
          outputsToInstall = [ (builtins.head drvAttrs.outputs) ];
          position = "";
        }
        // attrs.meta or { };
        inherit passthru;
        inherit stdenv;
        inputDerivation = derivation (
          removeAttrs drvAttrs [
            "outputs"
            "outputHash"
            "outputHashAlgo"
            "outputHashMode"
            "allowedReferences"
            "allowedRequisites"
            "disallowedReferences"
            "disallowedRequisites"
            "outputChecks"
            "__structuredAttrs"
          ]
          // {
            name = "${name}-inputDerivation";
            outputs = [ "out" ];
            # Every input is in the environment, so the file refers to all of them.
            builder = stdenv.shell;
            args = [ "-c" ''export > "$out"; for var in $passAsFile; do pathVar="''${var}Path"; printf "%s" "$(< "''${!pathVar}")" >> "$out"; done'' ];
          }
        );
        overrideAttrs =
          change:
          make (
            final':
            let
              previous = function final';
              changed =
                if builtins.isFunction change then
                  let
                    first = change final';
                  in
                  # Both `prev: …` and `final: prev: …`.
                  if builtins.isFunction first then first previous else change previous
                else
                  change;
            in
            previous // changed
          );
      }
      // lib.optionalAttrs (attrs ? version || parsed.version != "") { version = attrs.version or parsed.version; }
      // lib.optionalAttrs (attrs ? src) { inherit (attrs) src; }
      // passthru;
      made = derivation drvAttrs;
      # Each output carries the same extra attributes, as `derivation` alone would lose them.
      package = made // extra // lib.genAttrs drvAttrs.outputs (output: made.${output} // extra // { outputSpecified = true; })
        // { drvAttrs = drvAttrs; all = map (output: package.${output}) drvAttrs.outputs; };
      final = attrs // package // { finalPackage = package; };
    in
    package;
in
argument: make (if builtins.isFunction argument then argument else _: argument)
