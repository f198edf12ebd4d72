# The licences of store paths, as far as the values of derivations tell: { "/nix/store/…-zlib-1.3" = [ "Zlib" ]; … }.
#
# A derivation file does not hold `meta`; the value that it was made from does. So this goes by value: from `derivations`
# to those that stand in their attributes, and on. What a derivation names in strings alone stays unknown, but for the
# parts of a compiler's wrapper. Nothing is evaluated that the derivations are not made from, nothing is built, and what
# cannot be evaluated has no licence: it is not worth a failure.
#
# The paths have no context. Programs evaluate this file as a text, so it imports nothing.
{ derivations }:
let
  inherit (builtins)
    attrValues
    concatMap
    deepSeq
    filter
    genericClosure
    head
    isAttrs
    isList
    isString
    listToAttrs
    stringLength
    storeDir
    substring
    tryEval
    unsafeDiscardStringContext
    ;

  orElse =
    default: value:
    let
      tried = tryEval value;
    in
    if tried.success then tried.value else default;

  isUsable =
    value:
    orElse false (
      isAttrs value
      && value.type or null == "derivation"
      && !(value.isNixSeed or false)
      && isString (value.drvPath or null)
    );

  # The sets among values that are not mere containers of others. Most values are strings, so that no function of our own
  # is called for each.
  leaves =
    values:
    concatMap (
      value: if value ? outPath || value ? __toString then [ value ] else leaves (attrValues value)
    ) (filter isAttrs values)
    ++ concatMap leaves (filter isList values);

  parts =
    value:
    map (name: orElse null (value.${name} or null)) [
      "bintools"
      "cc"
      "libc"
    ];

  nodes = genericClosure {
    startSet = toNodes derivations;
    operator =
      { value, ... }:
      let
        attributes = value.drvAttrs or value.out.drvAttrs or { };
        # What a fixed output holds is told by its hash, whatever it was made from.
        isFixed = attributes.outputHash or null != null;
      in
      if isFixed then [ ] else toNodes (leaves (attrValues attributes) ++ parts value);
  };
  toNodes =
    values:
    map (value: {
      key = unsafeDiscardStringContext value.drvPath;
      inherit value;
    }) (filter isUsable values);

  # SPDX's identifier, or what nixpkgs calls a licence that has none.
  nameOf =
    license:
    let
      names =
        if isAttrs license then
          [
            (license.spdxId or null)
            (license.fullName or null)
            (license.shortName or null)
          ]
        else
          [ license ];
      found = filter (name: isString name && name != "") names;
    in
    if found == [ ] then [ ] else [ (unsafeDiscardStringContext (head found)) ];

  namesOf =
    value:
    let
      license = value.meta.license or [ ];
      names = concatMap nameOf (if isList license then license else [ license ]);
    in
    orElse [ ] (deepSeq names names);

  # A package may have something else under the name of an output.
  pathsOf =
    value:
    let
      outputs = map (name: value.${name} or null) (value.outputs or [ "out" ]);
      own = filter (output: output.drvPath or null == value.drvPath) outputs;
      paths = map (output: unsafeDiscardStringContext (output.outPath or "")) ([ value ] ++ own);
    in
    orElse [ ] (deepSeq paths paths);

  # What is known after the build only has no path yet.
  isInStore = path: substring 0 (stringLength storeDir + 1) path == "${storeDir}/";
in
listToAttrs (
  concatMap (
    { value, ... }:
    let
      names = namesOf value;
    in
    if names == [ ] then
      [ ]
    else
      map (name: {
        inherit name;
        value = names;
      }) (filter isInStore (pathsOf value))
  ) nodes
)
