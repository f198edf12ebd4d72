# Sets of files, kept as predicates over absolute paths with the files and folders they start from.
lib:
let
  coerce =
    x:
    if builtins.isAttrs x && x ? _fileset then
      x
    else if builtins.pathExists x then
      { _fileset = true; has = path: path == toString x || lib.hasPrefix "${toString x}/" path; bases = [ (toString x) ]; }
    else
      throw "lib.fileset: ${toString x} does not exist";
  make = bases: has: { _fileset = true; inherit bases has; };
in
rec {
  union = a: b: unions [ a b ];
  unions =
    xs:
    let
      sets = map coerce xs;
    in
    make (lib.concatMap (s: s.bases) sets) (path: lib.any (s: s.has path) sets);
  intersection = a: b: let x = coerce a; y = coerce b; in make (x.bases ++ y.bases) (path: x.has path && y.has path);
  difference = a: b: let x = coerce a; y = coerce b; in make x.bases (path: x.has path && !y.has path);
  fileFilter =
    f: root:
    make [ (toString root) ] (
      path:
      lib.hasPrefix "${toString root}/" path
      && f {
        name = baseNameOf path;
        type = "regular";
        hasExt = ext: lib.hasSuffix ".${ext}" path;
      }
    );
  maybeMissing = x: if builtins.pathExists x then coerce x else make [ ] (_: false);
  gitTracked = root: coerce root;
  toSource =
    { root, fileset }:
    let
      set = coerce fileset;
      # Folders on the way to a member have to be entered, and those without one are left out again.
      walk = dir: lib.concatMap (name: let path = "${dir}/${name}"; in if (builtins.readDir dir).${name} == "directory" then walk path else lib.optional (set.has path) path) (builtins.attrNames (builtins.readDir dir));
      files = walk (toString root);
    in
    lib.cleanSourceWith {
      src = root;
      filter = path: type: if type == "directory" then lib.any (lib.hasPrefix "${path}/") files else builtins.elem path files;
    };
}
