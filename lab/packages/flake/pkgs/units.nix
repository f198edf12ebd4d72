# One derivation a unit of the index: Debian packages unpacked, with their paths pointing into the store.
{ lib, index }:
let
  inherit (index) system triplet;

  notPrepared = what: "printf '%s\\n' ${lib.escapeShellArg "${what} is not in the store. Prepare the package set where there is a network: node lab/packages/prepare.ts --set ${index.set}"} >&2; exit 1";

  # What stands in the store since the set was prepared. Its hash gives the path; it is never built.
  fixed =
    name: mode: hash:
    derivation {
      inherit name system;
      builder = "/bin/sh";
      args = [ "-c" (notPrepared name) ];
      outputHashMode = mode;
      outputHash = hash;
      ${if lib.hasPrefix "sha256-" hash then null else "outputHashAlgo"} = "sha256";
      preferLocalBuild = true;
    };

  bootstrap = fixed "bootstrap" "recursive" index.bootstrap;
  python = [ "${bootstrap}/lib/ld.so" "--library-path" "${bootstrap}/lib" "${bootstrap}/bin/python3" ];

  # Scripts call sh without their package saying so.
  withoutShell = [ "bash" "busybox-static" ] ++ index.units.bash.deps;

  # What uses a library has a compiler of its own, behind the wrapper.
  toolchain = [ "gcc" "gcc-lib" "binutils" "glibc" "glibc-dev" ];

  make =
    name: extra:
    let
      unit = index.units.${name};
      shell = lib.optional (!lib.elem name withoutShell) units.bash;
      base = removeAttrs extra [ "pname" ];
    in
    derivation (
      {
        __structuredAttrs = true;
        name = "${extra.pname or name}-${unit.version}";
        inherit system triplet;
        builder = builtins.head python;
        args = builtins.tail python ++ [ "-B" "${../builders/unpack}/main.py" ];
        PYTHONHOME = bootstrap;
        PYTHONHASHSEED = "0";
        debs = lib.mapAttrsToList (deb: fixed "${deb}.deb" "flat") unit.debs;
        deps = map (dep: units.${dep}) unit.deps ++ shell;
        propagated = map (dep: units.${dep}) (lib.subtractLists toolchain unit.deps);
        base = lib.optional (name != "glibc") units.glibc;
        preferLocalBuild = true;
      }
      // base
    )
    // {
      meta = lib.optionalAttrs (licenses ? ${name}) { license = licenses.${name}; };
    };

  licenses = import ./licenses.nix { inherit lib; };
  tweaks = import ./tweaks.nix { inherit lib index; };
  units = builtins.mapAttrs (name: _: make name (tweaks name)) index.units;
in
{
  inherit units bootstrap python;
}
