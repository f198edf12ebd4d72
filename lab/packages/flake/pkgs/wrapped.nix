# Packages that need more than patched paths to run from the store.
{ lib, index, units, pkgs, package }:
let
  inherit (index) triplet;
  simple = name: main: package name { inherit main; };

  # A package of ours around a unit, that keeps its name and version.
  around =
    unit: main: script:
    pkgs.runCommandLocal "${(builtins.parseDrvName units.${unit}.name).name}-${index.units.${unit}.version}" {
      pname = (builtins.parseDrvName units.${unit}.name).name;
      inherit (index.units.${unit}) version;
      unit = units.${unit};
      meta = units.${unit}.meta // { mainProgram = main; };
    } script;

  # Debian's git has its folders compiled in.
  git = around "git" "git" ''
    mkdir -p $out/bin
    for program in $unit/bin/*; do
      makeWrapper $program $out/bin/''${program##*/} --set-default GIT_EXEC_PATH $unit/lib/git-core \
        --set-default GIT_TEMPLATE_DIR $unit/share/git-core/templates --set-default PAGER cat
    done
    ln -s $unit/share $unit/lib $out/
  '';

  pythonVersion = lib.versions.majorMinor index.units.python3.version;
  sitePackages = "lib/python${pythonVersion}/site-packages";
  distPackages = "lib/python3/dist-packages";
  python = package "python3" {
    main = "python3";
    inherit pythonVersion sitePackages withPackages;
    pkgs = python3Packages;
    interpreter = "${units.python3}/bin/python3";
    executable = "python3";
    isPy3k = true;
    libPrefix = "python${pythonVersion}";
    pythonAtLeast = lib.versionAtLeast pythonVersion;
    pythonOlder = lib.versionOlder pythonVersion;
  };

  # A virtual environment: Python finds its modules beside pyvenv.cfg, with no variable set.
  withPackages =
    select:
    pkgs.runCommandLocal "python3-${index.units.python3.version}-env" {
      pname = "python3";
      inherit (index.units.python3) version;
      modules = lib.unique (lib.concatMap (module: [ module ] ++ module.requiredPythonModules or [ ]) (select python3Packages));
      meta = units.python3.meta // { mainProgram = "python3"; };
      passthru = { inherit (python) pythonVersion sitePackages pkgs interpreter; };
    } ''
      mkdir -p $out/bin $out/${sitePackages}
      for program in ${units.python3}/bin/python*; do ln -s $program $out/bin/; done
      printf 'home = %s\ninclude-system-site-packages = false\n' ${units.python3}/bin > $out/pyvenv.cfg
      for module in $modules; do
        for folder in $module/${distPackages} $module/${sitePackages}; do
          for entry in $folder/*; do [ -e $out/${sitePackages}/''${entry##*/} ] || ln -s $entry $out/${sitePackages}/; done
        done
      done
    '';

  python3Packages = {
    inherit python;
    numpy = package "python3-numpy" { requiredPythonModules = [ ]; };
    pythonModule = python;
  };
in
{
  inherit git python3Packages;
  gitMinimal = git;
  boost = package "boost" { dev = package "boost" { }; };
  python3 = python;
  pkgsStatic.busybox = simple "busybox-static" "busybox";

  cacert =
    pkgs.runCommandLocal "nss-cacert-${index.units.ca-certificates.version}" {
      pname = "nss-cacert";
      inherit (index.units.ca-certificates) version;
      unit = units.ca-certificates;
      inherit (units.ca-certificates) meta;
      setupHook = builtins.toFile "cacert-hook.sh" "export NIX_SSL_CERT_FILE=@out@/etc/ssl/certs/ca-bundle.crt SSL_CERT_FILE=@out@/etc/ssl/certs/ca-bundle.crt\n";
    } ''
      mkdir -p $out/etc/ssl/certs
      cat $unit/share/ca-certificates/mozilla/*.crt > $out/etc/ssl/certs/ca-bundle.crt
      ln -s ca-bundle.crt $out/etc/ssl/certs/ca-certificates.crt
      propagateInputs
    '';

  # Debian's Node.js reads parts of itself from /usr/share at each start. A small library answers for the store instead.
  nodejs =
    pkgs.stdenv.mkDerivation {
      pname = "nodejs";
      inherit (index.units.nodejs) version;
      unit = units.nodejs;
      dontUnpack = true;
      dontStrip = true;
      dontPatchELF = true;
      buildPhase = ''
        $CC -O2 -shared -fPIC -DSHARE="\"$unit/share/nodejs/\"" -o libnodeshare.so ${./nodejs/share.c}
      '';
      installPhase = ''
        mkdir -p $out/bin $out/lib
        cp libnodeshare.so $out/lib/
        cp $unit/bin/node $out/bin/node
        chmod u+w $out/bin/node
        # Its run path leads to the lib beside it, which is that of the unit.
        patchelf --add-needed $out/lib/libnodeshare.so --add-rpath $unit/lib $out/bin/node
        ln -s node $out/bin/nodejs
      '';
      meta = units.nodejs.meta // { mainProgram = "node"; };
    };
}
