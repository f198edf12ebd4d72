lib:
let
  inherit (builtins) concatStringsSep map replaceStrings stringLength substring;
  lower = "abcdefghijklmnopqrstuvwxyz";
  upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
in
rec {
  inherit (builtins)
    compareVersions
    concatStringsSep
    fromJSON
    fromTOML
    hashString
    isString
    match
    parseDrvName
    replaceStrings
    split
    splitVersion
    storeDir
    stringLength
    substring
    toJSON
    typeOf
    unsafeDiscardStringContext
    ;

  concatStrings = concatStringsSep "";
  concatMapStrings = f: xs: concatStrings (map f xs);
  concatMapStringsSep = sep: f: xs: concatStringsSep sep (map f xs);
  concatImapStringsSep = sep: f: xs: concatStringsSep sep (lib.imap1 f xs);
  concatMapAttrsStringSep = sep: f: set: concatStringsSep sep (lib.mapAttrsToList f set);
  concatLines = concatMapStrings (line: line + "\n");
  join = concatStringsSep;
  optionalString = condition: text: if condition then text else "";
  stringToCharacters = text: lib.genList (n: substring n 1 text) (stringLength text);
  stringAsChars = f: text: concatStrings (map f (stringToCharacters text));
  intersperse = sep: xs: lib.tail (lib.concatMap (x: [ sep x ]) xs);
  splitString = sep: text: builtins.filter builtins.isString (builtins.split (escapeRegex sep) (toString text));
  hasPrefix = prefix: text: substring 0 (stringLength prefix) text == prefix;
  hasSuffix =
    suffix: text:
    let
      n = stringLength text - stringLength suffix;
    in
    n >= 0 && substring n (-1) text == suffix;
  hasInfix = infix: text: builtins.match ".*${escapeRegex infix}.*" (replaceStrings [ "\n" ] [ " " ] text) != null;
  removePrefix = prefix: text: if hasPrefix prefix text then substring (stringLength prefix) (-1) text else text;
  removeSuffix = suffix: text: if hasSuffix suffix text then substring 0 (stringLength text - stringLength suffix) text else text;
  toLower = replaceStrings (stringToCharacters upper) (stringToCharacters lower);
  toUpper = replaceStrings (stringToCharacters lower) (stringToCharacters upper);
  escape = chars: replaceStrings chars (map (c: "\\${c}") chars);
  escapeRegex = escape (stringToCharacters "\\[{()^$?*+|.");
  escapeShellArg =
    arg:
    let
      text = toString arg;
    in
    if builtins.match "[[:alnum:],._+:@%/-]+" text == null then "'${replaceStrings [ "'" ] [ "'\\''" ] text}'" else text;
  escapeShellArgs = concatMapStringsSep " " escapeShellArg;
  escapeNixString = text: escape [ "$" ] (builtins.toJSON text);
  toShellVar = name: value: "${name}=${escapeShellArg value}";
  toShellVars = set: concatStringsSep "\n" (lib.mapAttrsToList toShellVar set);
  trim = text: let found = builtins.match "[[:space:]]*(.*[^[:space:]])?[[:space:]]*" text; in defaultString (builtins.head found);
  defaultString = text: if text == null then "" else text;
  fixedWidthString = width: filler: text: if stringLength text >= width then text else fixedWidthString width filler (filler + text);
  versionOlder = a: b: builtins.compareVersions b a == 1;
  versionAtLeast = a: b: !versionOlder a b;
  versions = {
    major = v: builtins.elemAt (builtins.splitVersion v) 0;
    minor = v: builtins.elemAt (builtins.splitVersion v) 1;
    patch = v: builtins.elemAt (builtins.splitVersion v) 2;
    majorMinor = v: concatStringsSep "." (lib.take 2 (builtins.splitVersion v));
  };
  getName = x: if builtins.isString x then (builtins.parseDrvName x).name else x.pname or (builtins.parseDrvName x.name).name;
  getVersion = x: if builtins.isString x then (builtins.parseDrvName x).version else x.version or (builtins.parseDrvName x.name).version;
  nameFromURL = url: sep: builtins.head (splitString sep (lib.last (splitString "/" url)));
  sanitizeDerivationName =
    text: replaceStrings [ " " "/" ":" "@" "~" ] [ "-" "-" "-" "-" "-" ] (builtins.unsafeDiscardStringContext text);
  makeSearchPath = folder: paths: concatStringsSep ":" (map (path: "${path}/${folder}") (builtins.filter (p: p != null) paths));
  makeSearchPathOutput = output: folder: paths: makeSearchPath folder (map (lib.getOutput output) paths);
  makeBinPath = makeSearchPathOutput "bin" "bin";
  makeLibraryPath = makeSearchPathOutput "lib" "lib";
  makeIncludePath = makeSearchPathOutput "dev" "include";
  isStorePath = x: (builtins.isString x || builtins.isPath x || x ? outPath) && builtins.match "${builtins.storeDir}/[0-9a-z]{32}-[^/]+" (toString x) != null;
  isStringLike = x: builtins.isString x || builtins.isPath x || x ? outPath || x ? __toString;
  cmakeBool = name: value: "-D${name}:BOOL=${if value then "TRUE" else "FALSE"}";
  cmakeFeature = name: value: "-D${name}:STRING=${value}";
  mesonBool = name: value: "-D${name}=${lib.boolToString value}";
  enableFeature = enable: feature: "--${if enable then "enable" else "disable"}-${feature}";
  withFeature = with': feature: "--${if with' then "with" else "without"}-${feature}";
}
