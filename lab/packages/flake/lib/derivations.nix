lib: rec {
  isDerivation = x: builtins.isAttrs x && x.type or null == "derivation";

  getOutput = output: pkg: if !(pkg ? outputSpecified) || !pkg.outputSpecified then pkg.${output} or pkg.out or pkg else pkg;
  getBin = getOutput "bin";
  getLib = getOutput "lib";
  getDev = getOutput "dev";
  getMan = getOutput "man";
  getStatic = getOutput "static";
  getExe =
    pkg:
    getExe' pkg (
      pkg.meta.mainProgram or (throw "getExe: ${pkg.name or "the package"} has no meta.mainProgram; use getExe' with its name")
    );
  getExe' = pkg: name: "${getBin pkg}/bin/${name}";

  # The function's result with `override`, which calls it again with other arguments.
  makeOverridable =
    f: args:
    let
      result = f args;
      again = change: makeOverridable f (args // lib.toFunction change args);
      wrap =
        value:
        if builtins.isAttrs value then
          value
          // {
            override = again;
            overrideDerivation = _: throw "overrideDerivation is not part of this package set; use overrideAttrs";
          }
          // lib.optionalAttrs (value ? overrideAttrs) {
            overrideAttrs = change: makeOverridable (new: (f new).overrideAttrs change) args;
          }
        else
          value;
    in
    wrap result;

  callPackageWith =
    scope: fn: args:
    let
      f = if builtins.isFunction fn then fn else import fn;
      wanted = builtins.functionArgs f;
      given = builtins.intersectAttrs wanted scope // args;
      missing = builtins.filter (name: !wanted.${name} && !(given ? ${name})) (builtins.attrNames wanted);
    in
    if missing != [ ] then
      throw "callPackage: this package set has no ${builtins.concatStringsSep ", " missing}"
    else
      makeOverridable f given;

  hydraJob = x: x;
  addMetaAttrs = meta: pkg: pkg // { meta = pkg.meta or { } // meta; };
  lazyDerivation = { derivation, meta ? derivation.meta, passthru ? { }, ... }: derivation // { inherit meta; } // passthru;
  lowPrio = x: x;
  hiPrio = x: x;
  setName = name: pkg: pkg // { inherit name; };
  availableOn = _: _: true;
}
