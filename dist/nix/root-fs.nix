# The root file system of a seed's image, as one store path: what the Actions runner, container engines and foreign
# programs expect outside of /nix. What engines read before the container runs is made of real files. `packages` are
# those that it leads to.
{
  pkgs,
  system,
  nix,
  nixConfText,
  debugTools,
  libraries,
}:
let
  platform = import ./platform.nix system;

  git = pkgs.gitMinimal or pkgs.git;

  # The runner's JavaScript actions need one of their own only in images whose C library is not glibc, scripts of a job
  # do more often.
  nodejs = pkgs.nodejs-slim or pkgs.nodejs;
  major = builtins.head (builtins.splitVersion nodejs.version);
  checkedNodejs =
    if builtins.fromJSON major >= 20 then
      nodejs
    else
      throw "mkSeed: argument 'pkgs' has Node.js ${nodejs.version}; pass packages with 20 or later";

  programs = [
    pkgs.bashInteractive
    pkgs.coreutils
    pkgs.findutils
    pkgs.gnugrep
    pkgs.gnused
    pkgs.gnutar
    pkgs.gzip
    git
    checkedNodejs
    nix
  ]
  ++ debugTools;

  profile = pkgs.buildEnv {
    name = "seed-profile";
    paths = programs;
    pathsToLink = [ "/bin" ];
    ignoreCollisions = true;
  };

  passwd = ''
    root:x:0:0:root:/root:/bin/bash
    nobody:x:65534:65534:nobody:/:/bin/sh
  '';
  group = ''
    root:x:0:
    tty:x:5:
    nogroup:x:65534:
  '';
  nsswitch = ''
    passwd: files
    group: files
    shadow: files
    hosts: files dns
  '';
  osRelease = ''
    NAME="Nix Seed"
    ID=nix-seed
    PRETTY_NAME="Nix Seed"
  '';
  # A checkout belongs to the user of the host, the job is root.
  gitconfig = ''
    [safe]
    	directory = *
  '';

  glibc = pkgs.stdenv.cc.libc or pkgs.glibc;
  compiler = pkgs.stdenv.cc.cc;
in
pkgs.runCommand "seed-root"
  {
    inherit
      profile
      passwd
      group
      nsswitch
      osRelease
      gitconfig
      nixConfText
      libraries
      ;
    inherit (platform) loader multiarch;
    inherit (pkgs) cacert;
    # Where to look for shared libraries, in this order.
    glibcFolders = [ (glibc.out or glibc) ];
    compilerFolders = [
      (compiler.lib or compiler)
      (compiler.libgcc or compiler)
    ];
  }
  ''
    # library NAME FOLDER... prints where the first file of that name is.
    library() {
      local name=$1 found
      shift
      found=$(find -L "$@" -name "$name" -not -path '*/include/*' | sort | head -n 1)
      if [ -z "$found" ]; then
        echo "mkSeed: argument 'pkgs' has no $name in $*" >&2
        exit 1
      fi
      echo "$found"
    }

    mkdir -p $out/bin $out/usr/bin $out/root $out/tmp $out/var/tmp
    mkdir -p $out/etc/nix $out/etc/ssl/certs $out/nix/var/nix/profiles
    mkdir -p $out$(dirname $loader) $out$multiarch $out$libraries

    printf %s "$passwd" > $out/etc/passwd
    printf %s "$group" > $out/etc/group
    printf %s "$nsswitch" > $out/etc/nsswitch.conf
    printf %s "$osRelease" > $out/etc/os-release
    printf %s "$gitconfig" > $out/etc/gitconfig
    printf %s "$nixConfText" > $out/etc/nix/nix.conf
    cat $cacert/etc/ssl/certs/ca-bundle.crt > $out/etc/ssl/certs/ca-bundle.crt
    cp $out/etc/ssl/certs/ca-bundle.crt $out/etc/ssl/certs/ca-certificates.crt

    for program in $profile/bin/*; do
      ln -s $program $out/bin/
    done
    ln -sf $profile/bin/bash $out/bin/sh
    ln -s $profile/bin/env $out/usr/bin/env
    ln -s $profile $out/nix/var/nix/profiles/default

    # A foreign program finds the C library where its loader looks for it: nixpkgs' loader beside itself, others' in the
    # multiarch folder. LD_LIBRARY_PATH must not lead there, because it outranks what Nix programs were linked with.
    ln -s $(library $(basename $loader) $glibcFolders) $out$loader
    for name in libc.so.6 libm.so.6 libdl.so.2 libpthread.so.0 librt.so.1; do
      ln -s $(library $name $glibcFolders) $out$multiarch/
    done
    for name in libstdc++.so.6 libgcc_s.so.1; do
      ln -s $(library $name $compilerFolders) $out$libraries/
      ln -s $(library $name $compilerFolders) $out$multiarch/
    done
  ''
// {
  packages = programs ++ [
    pkgs.cacert
    glibc
    compiler
  ];
}
