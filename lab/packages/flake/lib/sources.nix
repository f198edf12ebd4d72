lib: rec {
  # Leaves out version control, editors' files and results of builds.
  cleanSourceFilter =
    path: type:
    let
      name = baseNameOf path;
    in
    !(
      (type == "directory" && builtins.elem name [ ".git" ".svn" ".hg" "CVS" ])
      || lib.hasSuffix "~" name
      || builtins.match "^\\.sw[a-z]$|^\\..*\\.sw[a-z]$|.*\\.o$|.*\\.so$" name != null
      || (type == "symlink" && (name == "result" || lib.hasPrefix "result-" name))
      || type == "unknown"
    );
  cleanSource = src: cleanSourceWith { inherit src; filter = cleanSourceFilter; };
  cleanSourceWith =
    { src, filter ? _: _: true, name ? null }:
    let
      from = src.origSrc or src;
      also = src.filter or (_: _: true);
      both = path: type: also path type && filter path type;
      title = if name != null then name else src.name or "source";
    in
    {
      origSrc = from;
      filter = both;
      name = title;
      outPath = builtins.path { path = from; name = title; filter = both; };
      __toString = this: this.outPath;
      _isLibCleanSourceWith = true;
    };
  sourceByRegex =
    src: patterns:
    cleanSourceWith {
      inherit src;
      filter = path: _: let inner = lib.removePrefix (toString src + "/") path; in lib.any (p: builtins.match p inner != null) patterns;
    };
  sourceFilesBySuffices =
    src: suffixes:
    cleanSourceWith {
      inherit src;
      filter = path: type: type == "directory" || lib.any (suffix: lib.hasSuffix suffix (baseNameOf path)) suffixes;
    };
  pathType = path: (builtins.readDir (dirOf path)).${baseNameOf path};
  pathIsDirectory = path: builtins.pathExists path && pathType path == "directory";
  pathIsRegularFile = path: builtins.pathExists path && pathType path == "regular";
  commitIdFromGitRepo = _: throw "commitIdFromGitRepo is not part of this package set";
}
