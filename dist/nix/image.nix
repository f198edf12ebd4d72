# The seed as a docker archive, for `docker load`. The layers of what is published are made elsewhere, from the
# descriptor.
{
  pkgs,
  name,
  nix,
  rootFs,
  contents,
  config,
  directories,
}:
let
  roots = pkgs.writeText "seed-roots" (builtins.concatStringsSep "\n" contents + "\n");
  registration = pkgs.closureInfo { rootPaths = [ roots ]; };
  sqlite = pkgs.sqlite.bin or pkgs.sqlite;
  folders = builtins.concatStringsSep "\n" (
    map (folder: "mkdir -p .${folder.path} && chmod ${folder.mode} .${folder.path}") directories
  );
in
pkgs.dockerTools.buildLayeredImage {
  inherit name config;
  tag = "latest";
  maxLayers = 100;
  # Real files instead of the symbolic links that `contents` would make, and every root by way of the list alone: some
  # are plain files, which cannot be merged into one tree.
  extraCommands = ''
    cp -r --no-preserve=mode,ownership ${rootFs}/. .
    ${folders}

    mkdir -p nix/var/nix/gcroots
    ln -s ${roots} nix/var/nix/gcroots/seed

    # `includeNixDB` does the same, but for `contents` alone and only in recent releases of nixpkgs.
    (
      export USER=nobody NIX_REMOTE="local?root=$PWD" NIX_CONF_DIR="$PWD/etc/nix" NIX_CONFIG=
      ${nix}/bin/nix-store --load-db < ${registration}/registration
      ${sqlite}/bin/sqlite3 nix/var/nix/db/db.sqlite 'UPDATE ValidPaths SET registrationTime = 1'
    )
    # Nix makes these again; the store's own folder comes with the layers.
    rm -rf nix/store nix/var/nix/db/big-lock nix/var/nix/db/reserved nix/var/nix/temproots nix/var/nix/gc.lock
  '';
}
