# The small builders around mkDerivation.
{ lib, pkgs, stdenv, stdenvNoCC }:
rec {
  runCommandWith =
    { stdenv ? stdenvNoCC, runLocal ? false, derivationArgs ? { }, name }:
    buildCommand:
    stdenv.mkDerivation (
      { inherit buildCommand name; enableParallelBuilding = true; passAsFile = [ "buildCommand" ] ++ derivationArgs.passAsFile or [ ]; }
      // lib.optionalAttrs runLocal { preferLocalBuild = true; allowSubstitutes = false; }
      // removeAttrs derivationArgs [ "passAsFile" ]
    );
  runCommand = name: env: runCommandWith { inherit name; derivationArgs = env; };
  runCommandLocal = name: env: runCommandWith { inherit name; derivationArgs = env; runLocal = true; };
  runCommandCC = name: env: runCommandWith { inherit name stdenv; derivationArgs = env; };

  writeTextFile =
    { name, text, executable ? false, destination ? "", checkPhase ? "", meta ? { }, passthru ? { }, derivationArgs ? { }, ... }:
    runCommandLocal name
      (
        {
          inherit text executable checkPhase passthru;
          passAsFile = [ "text" ];
          meta = lib.optionalAttrs (executable && lib.hasPrefix "/bin/" destination) { mainProgram = lib.removePrefix "/bin/" destination; } // meta;
        }
        // derivationArgs
      )
      ''
        target=$out${lib.escapeShellArg destination}
        mkdir -p "$(dirname "$target")"
        if [ -e "$textPath" ]; then mv "$textPath" "$target"; else printf '%s' "$text" > "$target"; fi
        if [ -n "$executable" ]; then chmod +x "$target"; fi
        eval "$checkPhase"
      '';
  writeText = name: text: writeTextFile { inherit name text; };
  writeTextDir = path: text: writeTextFile { name = baseNameOf path; inherit text; destination = "/${path}"; };
  writeScript = name: text: writeTextFile { inherit name text; executable = true; };
  writeScriptBin = name: text: writeTextFile { inherit name text; executable = true; destination = "/bin/${name}"; };
  writeShellScript = name: text: writeTextFile { inherit name; executable = true; text = "#!${pkgs.runtimeShell}\n${text}"; };
  writeShellScriptBin =
    name: text:
    writeTextFile { inherit name; executable = true; destination = "/bin/${name}"; text = "#!${pkgs.runtimeShell}\n${text}"; };
  writeShellApplication =
    {
      name,
      text,
      runtimeInputs ? [ ],
      runtimeEnv ? { },
      bashOptions ? [ "errexit" "nounset" "pipefail" ],
      meta ? { },
      checkPhase ? "",
      ...
    }:
    writeTextFile {
      inherit name meta;
      executable = true;
      destination = "/bin/${name}";
      text = ''
        #!${pkgs.runtimeShell}
        ${lib.concatMapStringsSep "\n" (option: "set -o ${option}") bashOptions}
        ${lib.concatStrings (lib.mapAttrsToList (key: value: "export ${lib.toShellVar key value}\n") runtimeEnv)}
        ${lib.optionalString (runtimeInputs != [ ]) ''export PATH="${lib.makeBinPath runtimeInputs}:$PATH"''}
        ${text}
      '';
      checkPhase = ''
        ${pkgs.runtimeShell} -n "$target"
        ${checkPhase}
      '';
    };
  writeClosure = paths: runCommandLocal "runtime-deps" { } "cp ${closureInfo { rootPaths = paths; }}/store-paths $out";

  symlinkJoin =
    args@{ paths, postBuild ? "", pname ? null, version ? null, name ? "${pname}-${version}", meta ? { }, passthru ? { }, ... }:
    buildEnv (removeAttrs args [ "pname" "version" ] // { inherit name; ignoreCollisions = true; });

  buildEnv = lib.makeOverridable (
    {
      paths,
      pname ? null,
      version ? null,
      name ? "${pname}-${version}",
      pathsToLink ? [ "/" ],
      extraOutputsToInstall ? [ ],
      ignoreCollisions ? false,
      checkCollisionContents ? true,
      extraPrefix ? "",
      postBuild ? "",
      buildInputs ? [ ],
      nativeBuildInputs ? [ ],
      meta ? { },
      passthru ? { },
      ...
    }:
    stdenvNoCC.mkDerivation {
      inherit name postBuild buildInputs nativeBuildInputs meta passthru ignoreCollisions;
      __structuredAttrs = true;
      paths = map toString (lib.concatMap (path: [ path ] ++ map (output: lib.getOutput output path) (lib.filter (o: path ? ${o}) extraOutputsToInstall)) (lib.flatten paths));
      pathsToLink = pathsToLink;
      prefix = extraPrefix;
      preferLocalBuild = true;
      buildCommand = ''
        ${pkgs.scripts.python} ${../builders/environment.py}
        eval "$postBuild"
      '';
    }
  );
  buildPackages = pkgs;

  # Folder with the closure's paths, its size and its registration for `nix-store --load-db`.
  closureInfo =
    { rootPaths }:
    stdenvNoCC.mkDerivation {
      name = "closure-info";
      __structuredAttrs = true;
      exportReferencesGraph.closure = map (path: "${path}") (lib.toList rootPaths);
      preferLocalBuild = true;
      buildCommand = "${pkgs.scripts.python} ${../builders/closure.py}";
    };

  linkFarm =
    name: entries:
    let
      set = if builtins.isAttrs entries then entries else lib.listToAttrs (map (e: lib.nameValuePair e.name e.path) entries);
    in
    runCommandLocal name { passthru.entries = set; } ''
      mkdir -p $out
      cd $out
      ${lib.concatStrings (
        lib.mapAttrsToList (key: path: ''
          mkdir -p "$(dirname ${lib.escapeShellArg key})"
          ln -s ${lib.escapeShellArg "${path}"} ${lib.escapeShellArg key}
        '') set
      )}
    '';
  linkFarmFromDrvs = name: drvs: linkFarm name (map (drv: { inherit (drv) name; path = drv; }) drvs);
  concatText = name: files: runCommandLocal name { } "cat ${lib.escapeShellArgs files} > $out";
  emptyFile = runCommandLocal "empty-file" { } "touch $out";
  emptyDirectory = runCommandLocal "empty-directory" { } "mkdir $out";
  makeSetupHook =
    { name ? "hook", propagatedBuildInputs ? [ ], substitutions ? { }, passthru ? { }, meta ? { }, ... }:
    script:
    runCommandLocal name { inherit propagatedBuildInputs passthru meta; strictDeps = true; } ''
      mkdir -p $out/nix-support
      substitute ${script} $out/nix-support/setup-hook ${
        lib.concatStringsSep " " (lib.mapAttrsToList (key: value: "--subst-var-by ${key} ${lib.escapeShellArg value}") substitutions)
      }
      propagateInputs
    '';
  makeWrapper = makeSetupHook { name = "make-wrapper"; } (builtins.toFile "hook.sh" ": # makeWrapper is part of setup\n");
  makeBinaryWrapper = makeWrapper;
  installShellFiles = makeSetupHook { name = "install-shell-files"; } ./stdenv/install-shell-files.sh;
  applyPatches =
    { src, name ? "${src.name or "source"}-patched", patches ? [ ], ... }@args:
    stdenvNoCC.mkDerivation (
      { inherit name; dontConfigure = true; dontBuild = true; dontFixup = true; installPhase = "cp -R . $out"; } // args
    );
  srcOnly = drv: stdenvNoCC.mkDerivation { name = "${drv.name}-source"; inherit (drv) src; patches = drv.patches or [ ]; dontConfigure = true; dontBuild = true; dontFixup = true; installPhase = "cp -R . $out"; };

  mkShell =
    { name ? "nix-shell", packages ? [ ], inputsFrom ? [ ], buildInputs ? [ ], nativeBuildInputs ? [ ], propagatedBuildInputs ? [ ], propagatedNativeBuildInputs ? [ ], stdenv ? pkgs.stdenv, ... }@attrs:
    let
      merge = list: attrs.${list} or [ ] ++ lib.subtractLists inputsFrom (lib.flatten (lib.catAttrs list (map (input: input.drvAttrs or input) inputsFrom)));
    in
    stdenv.mkDerivation (
      {
        inherit name;
        buildInputs = merge "buildInputs";
        nativeBuildInputs = packages ++ merge "nativeBuildInputs";
        propagatedBuildInputs = merge "propagatedBuildInputs";
        propagatedNativeBuildInputs = merge "propagatedNativeBuildInputs";
        shellHook = lib.concatStringsSep "\n" (
          lib.catAttrs "shellHook" (lib.reverseList (map (input: input.drvAttrs or input) inputsFrom) ++ [ attrs ])
        );
        phases = [ "buildPhase" ];
        buildPhase = ''
          { echo "------------------------------------------------------------"
            echo " WARNING: the existence of this path is not guaranteed."
            echo "------------------------------------------------------------"
            export; } >> "$out"
        '';
        preferLocalBuild = true;
      }
      // removeAttrs attrs [ "name" "packages" "inputsFrom" "buildInputs" "nativeBuildInputs" "propagatedBuildInputs" "propagatedNativeBuildInputs" "shellHook" "stdenv" ]
    );
  mkShellNoCC = args: mkShell ({ stdenv = stdenvNoCC; } // args);
}
