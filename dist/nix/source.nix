# Tells what is part of the project's own source, for the cut. `self` is the project's flake, `trees` are the source
# trees of its inputs.
{ self, trees }:
let
  inherit (builtins)
    any
    attrNames
    baseNameOf
    concatMap
    filter
    getContext
    groupBy
    isAttrs
    isPath
    isString
    listToAttrs
    readDir
    stringLength
    substring
    toJSON
    unsafeDiscardStringContext
    unsafeGetAttrPos
    ;

  plain = path: unsafeDiscardStringContext (toString path);

  # The whole tree, also where the flake stands in a folder of it.
  root = plain ((self.sourceInfo or self).outPath);
  isUnder =
    path:
    let
      text = plain path;
    in
    text == root || substring 0 (stringLength root + 1) text == "${root}/";

  isTree =
    let
      set = listToAttrs (
        map (tree: {
          name = plain tree;
          value = null;
        }) trees
      );
    in
    path: set ? ${path};

  # Every file and folder of the project by its name: { "main.c" = [ "/src/main.c" … ]; … }.
  entries = groupBy baseNameOf (list "");
  list =
    folder:
    let
      found = readDir (root' + folder);
    in
    concatMap (
      name:
      let
        path = "${folder}/${name}";
      in
      [ path ] ++ (if found.${name} == "directory" then list path else [ ])
    ) (attrNames found);
  # As a path, so that using it in a string copies the file alone.
  root' = /. + root;

  # A derivation gets `./file` as a store path of its own, which no longer says where it came from. It is the project's
  # when a file of that name gives the same path.
  isCopy =
    path:
    let
      named = baseNameOf path;
      name = substring 33 (stringLength named) named;
      copies = map (entry: root' + entry) (entries.${name} or [ ]);
      whole = if name == baseNameOf root then [ root' ] else [ ];
    in
    any (copy: plain "${copy}" == path) (copies ++ whole);

  # Was this attribute written in a file of the project?
  isWritten =
    attributes: name:
    let
      position = unsafeGetAttrPos name attributes;
    in
    position != null && isUnder position.file;

in
{
  # A selection of the project's files that remembers where they are from (`lib.cleanSource`, `lib.fileset`).
  isSelection =
    value:
    isAttrs value
    && value ? origSrc
    && (isPath value.origSrc || isString value.origSrc || value.origSrc ? outPath)
    && isUnder value.origSrc;

  # A path of the project, or a string that holds one. `context` is that of all `attributes` together. What
  # `builtins.path` gives cannot be traced back, and counts where the attribute stands in a file of the project.
  inContext =
    context: attributes:
    let
      sources = filter (path: context.${path}.path or false && !(isTree path)) (attrNames context);
      written = filter (isWritten attributes) (attrNames attributes);
      hasSource =
        name:
        let
          own = getContext (toJSON attributes.${name});
        in
        any (path: own ? ${path}) sources;
    in
    any (path: path == root || isCopy path) sources || (sources != [ ] && any hasSource written);
}
