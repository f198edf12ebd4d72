lib:
let
  inherit (builtins) attrNames listToAttrs map isAttrs;
in
rec {
  inherit (builtins)
    attrNames
    attrValues
    catAttrs
    getAttr
    hasAttr
    intersectAttrs
    isAttrs
    listToAttrs
    mapAttrs
    removeAttrs
    zipAttrsWith
    ;

  nameValuePair = name: value: { inherit name value; };
  genAttrs = names: f: listToAttrs (map (name: nameValuePair name (f name)) names);
  genAttrs' = xs: f: listToAttrs (map f xs);
  mapAttrs' = f: set: listToAttrs (map (name: f name set.${name}) (attrNames set));
  mapAttrsToList = f: set: map (name: f name set.${name}) (attrNames set);
  attrsToList = mapAttrsToList nameValuePair;
  concatMapAttrs = f: set: lib.foldl' (a: b: a // b) { } (mapAttrsToList f set);
  filterAttrs = f: set: removeAttrs set (builtins.filter (name: !f name set.${name}) (attrNames set));
  foldlAttrs = f: init: set: lib.foldl' (acc: name: f acc name set.${name}) init (attrNames set);
  foldAttrs = op: nul: sets: zipAttrsWith (_: lib.foldr op nul) sets;
  optionalAttrs = condition: set: if condition then set else { };
  mergeAttrsList = lib.foldl' (a: b: a // b) { };
  getAttrs = names: set: genAttrs names (name: set.${name});
  attrVals = names: set: map (name: set.${name}) names;
  zipAttrs = zipAttrsWith (_: values: values);
  recurseIntoAttrs = set: set // { recurseForDerivations = true; };
  dontRecurseIntoAttrs = set: set // { recurseForDerivations = false; };

  hasAttrByPath =
    path: set: path == [ ] || (isAttrs set && set ? ${builtins.head path} && hasAttrByPath (builtins.tail path) set.${builtins.head path});
  attrByPath =
    path: default: set:
    if path == [ ] then
      set
    else if isAttrs set && set ? ${builtins.head path} then
      attrByPath (builtins.tail path) default set.${builtins.head path}
    else
      default;
  getAttrFromPath = path: attrByPath path (throw "no attribute ${builtins.concatStringsSep "." path}");
  setAttrByPath = path: value: lib.foldr (name: inner: { ${name} = inner; }) value path;

  recursiveUpdate =
    a: b:
    a
    // builtins.mapAttrs (
      name: value: if isAttrs value && isAttrs (a.${name} or null) then recursiveUpdate a.${name} value else value
    ) b;
  mapAttrsRecursiveCond =
    cond: f: set:
    let
      go = path: builtins.mapAttrs (name: value: let here = path ++ [ name ]; in if isAttrs value && cond value then go here value else f here value);
    in
    go [ ] set;
  mapAttrsRecursive = mapAttrsRecursiveCond (_: true);
}
