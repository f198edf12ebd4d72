# The settings of Nix inside a seed, and the configuration of its image (OCI image specification, "config").
{
  name,
  nixConf,
  substitutes,
  system,
  libraries,
}:
let
  inherit (builtins)
    attrNames
    concatStringsSep
    filter
    isAttrs
    isBool
    isList
    ;

  text =
    value:
    if isBool value then
      (if value then "true" else "false")
    else if isList value then
      concatStringsSep " " value
    else
      toString value;
  lines =
    settings: concatStringsSep "" (map (key: "${key} = ${text settings.${key}}\n") (attrNames settings));

  # A job container is one user without privileges: no build users, and the sandbox where the kernel lets Nix have one.
  defaults = {
    build-users-group = "";
    experimental-features = [
      "nix-command"
      "flakes"
    ];
    sandbox = true;
    sandbox-fallback = true;
  };

  urls = map (substitute: substitute.url or substitute) substitutes;
  keys = map (substitute: substitute.publicKey) (filter isAttrs substitutes);
  caches =
    (if urls == [ ] then { } else { extra-substituters = urls; })
    // (if keys == [ ] then { } else { extra-trusted-public-keys = keys; });

  nixConfText =
    if isAttrs nixConf then lines (defaults // caches // nixConf) else lines (defaults // caches) + nixConf;
in
{
  inherit nixConfText;

  config = {
    Cmd = [ "/bin/bash" ];
    # The runner writes PATH back from here as soon as a step adds to it, so it has to be complete. What is in NIX_CONFIG
    # is also in /etc/nix/nix.conf, for jobs that set their own.
    Env = [
      "LD_LIBRARY_PATH=${libraries}"
      "NIX_CONFIG=${nixConfText}"
      "NIX_SSL_CERT_FILE=/etc/ssl/certs/ca-bundle.crt"
      "PATH=/root/.nix-profile/bin:/nix/var/nix/profiles/default/bin:/usr/bin:/bin"
      "SSL_CERT_FILE=/etc/ssl/certs/ca-bundle.crt"
      "USER=root"
    ];
    Labels = {
      "dev.nix-seed.name" = name;
      "dev.nix-seed.system" = system;
    };
    WorkingDir = "/";
  };

  # Folders that the image needs with modes that a store path cannot hold. Everything else in it is 0755.
  directories = [
    {
      path = "/root";
      mode = "0700";
    }
    {
      path = "/tmp";
      mode = "1777";
    }
    {
      path = "/var/tmp";
      mode = "1777";
    }
  ];
}
