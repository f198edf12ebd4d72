# dockerTools: images as docker archives, layered by how many paths need a path.
{ lib, index, pkgs }:
let
  architecture = { x86_64-linux = "amd64"; aarch64-linux = "arm64"; }.${index.system};
  compressors = {
    none = { extension = ""; inputs = [ ]; command = "cat"; };
    gz = { extension = ".gz"; inputs = [ pkgs.gzip ]; command = "gzip -n"; };
    zstd = { extension = ".zst"; inputs = [ pkgs.zstd ]; command = "zstd -q"; };
  };
in
rec {
  # A program that writes the archive to standard output.
  streamLayeredImage = lib.makeOverridable (
    {
      name,
      tag ? null,
      contents ? [ ],
      config ? { },
      created ? "1970-01-01T00:00:01Z",
      mtime ? "1970-01-01T00:00:01Z",
      architecture ? defaultArchitecture,
      maxLayers ? 100,
      extraCommands ? "",
      fakeRootCommands ? "",
      enableFakechroot ? false,
      includeStorePaths ? true,
      includeNixDB ? false,
      fromImage ? null,
      uid ? 0,
      gid ? 0,
      uname ? "root",
      gname ? "root",
      passthru ? { },
      meta ? { },
    }:
    assert lib.assertMsg (fromImage == null) "streamLayeredImage: this package set has no fromImage";
    assert lib.assertMsg (maxLayers > 1) "streamLayeredImage: maxLayers must be at least 2, and is ${toString maxLayers}";
    let
      base = baseNameOf name;
      paths = lib.toList contents;
      closureOf = paths ++ [ configFile ];
      # The configuration may name store paths, so it is part of what the closure is taken from.
      configFile = pkgs.writeText "${base}-config.json" (builtins.toJSON config);
      root = pkgs.runCommandLocal "${base}-customisation-layer" {
        __structuredAttrs = true;
        exportReferencesGraph.closure = map (path: "${path}") closureOf;
        contents = map toString paths;
        inherit extraCommands fakeRootCommands;
        nativeBuildInputs = lib.optionals includeNixDB [ pkgs.nix pkgs.sqlite.bin ];
        registration = if includeNixDB then "${pkgs.closureInfo { rootPaths = closureOf; }}/registration" else "";
      } ''
        mkdir root
        cd root
        for path in "''${contents[@]}"; do
          if [ -d "$path" ]; then cp -rs --no-preserve=mode "$path"/. ./ ; else ln -s "$path" ./; fi
          find . -type d -exec chmod u+w {} +
        done
        if [ -n "$registration" ]; then
          mkdir -p nix/var/nix/gcroots
          export NIX_REMOTE="local?root=$PWD" USER=nobody HOME=$TMPDIR
          nix-store --load-db < "$registration"
          sqlite3 nix/var/nix/db/db.sqlite "UPDATE ValidPaths SET registrationTime = ''${SOURCE_DATE_EPOCH}"
          unset NIX_REMOTE
          rm -rf nix/store nix/var/log nix/var/nix/db/*-shm nix/var/nix/db/*-wal nix/var/nix/db/big-lock nix/var/nix/db/reserved nix/var/nix/temproots
          mkdir -p nix/var/nix/gcroots/docker
          for path in "''${contents[@]}"; do ln -s "$path" nix/var/nix/gcroots/docker/; done
        fi
        eval "$extraCommands"
        (eval "$fakeRootCommands")
        cd ..
        mkdir $out
        # A store path keeps no modes but the executable bit, so the others travel in a list.
        (cd root && find . ! -type l -printf '%P\t%m\n' | sort) > $out/modes
        mv root $out/root
      '';
      conf = pkgs.runCommandLocal "${base}-conf.json" {
        __structuredAttrs = true;
        exportReferencesGraph.closure = map (path: "${path}") (closureOf ++ [ root ]);
        image = {
          inherit name created architecture maxLayers includeStorePaths;
          root = "${root}/root";
          configFile = "${configFile}";
        };
        imageTag = if tag != null then tag else "";
        modes = "${root}/modes";
        self = "${root}";
      } ''
        ${pkgs.scripts.python} ${../builders/image-conf.py}
      '';
      defaultTag = builtins.head (builtins.split "-" (baseNameOf (builtins.unsafeDiscardStringContext conf.outPath)));
      script = pkgs.writeShellScript "stream-${base}" "exec env ${pkgs.scripts.python} ${../builders/image.py} ${conf}\n";
    in
    script
    // {
      imageName = name;
      imageTag = if tag != null then tag else defaultTag;
      inherit passthru conf;
      isExe = true;
      layers = conf;
    }
    // passthru
  );

  defaultArchitecture = architecture;

  buildLayeredImage = lib.makeOverridable (
    { name, compressor ? "gz", ... }@args:
    let
      stream = streamLayeredImage (removeAttrs args [ "compressor" ]);
      compress = compressors.${compressor} or (throw "buildLayeredImage: no compressor ${compressor}, only ${lib.concatStringsSep ", " (builtins.attrNames compressors)}");
    in
    pkgs.runCommandLocal "${baseNameOf name}.tar${compress.extension}" {
      nativeBuildInputs = compress.inputs;
      inherit (stream) imageName;
      passthru = { inherit (stream) imageTag; inherit stream; isExe = false; } // args.passthru or { };
      meta = args.meta or { };
    } "${stream} | ${compress.command} > $out"
  );

  buildImage =
    { name, tag ? null, copyToRoot ? [ ], contents ? [ ], config ? { }, extraCommands ? "", created ? "1970-01-01T00:00:01Z", compressor ? "gz", ... }:
    buildLayeredImage { inherit name tag config extraCommands created compressor; contents = lib.toList copyToRoot ++ lib.toList contents; maxLayers = 2; };

  caCertificates = pkgs.runCommandLocal "ca-certificates" { } ''
    mkdir -p $out/etc/ssl/certs $out/etc/pki/tls/certs
    ln -s ${pkgs.cacert}/etc/ssl/certs/ca-bundle.crt $out/etc/ssl/certs/ca-bundle.crt
    ln -s ${pkgs.cacert}/etc/ssl/certs/ca-bundle.crt $out/etc/ssl/certs/ca-certificates.crt
    ln -s ${pkgs.cacert}/etc/ssl/certs/ca-bundle.crt $out/etc/pki/tls/certs/ca-bundle.crt
  '';
  binSh = pkgs.runCommandLocal "bin-sh" { } "mkdir -p $out/bin; ln -s ${pkgs.bash}/bin/bash $out/bin/sh";
  usrBinEnv = pkgs.runCommandLocal "usr-bin-env" { } "mkdir -p $out/usr/bin; ln -s ${pkgs.coreutils}/bin/env $out/usr/bin/env";
  fakeNss = pkgs.runCommandLocal "fake-nss" { } ''
    mkdir -p $out/etc $out/var/empty
    printf 'root:x:0:0:root user:/var/empty:/bin/sh\nnobody:x:65534:65534:nobody:/var/empty:/bin/sh\n' > $out/etc/passwd
    printf 'root:x:0:\nnobody:x:65534:\n' > $out/etc/group
    printf 'hosts: files dns\n' > $out/etc/nsswitch.conf
  '';
}
