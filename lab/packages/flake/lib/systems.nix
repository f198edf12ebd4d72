lib:
let
  linux = [ "x86_64-linux" "aarch64-linux" ];
  darwin = [ "aarch64-darwin" "x86_64-darwin" ];
in
{
  flakeExposed = linux ++ darwin;
  doubles = { all = linux ++ darwin; inherit linux darwin; unix = linux ++ darwin; };
  platforms = { inherit linux darwin; all = linux ++ darwin; unix = linux ++ darwin; x86_64 = [ "x86_64-linux" "x86_64-darwin" ]; aarch64 = [ "aarch64-linux" "aarch64-darwin" ]; none = [ ]; };
  elaborate =
    arg:
    let
      system = arg.system or arg;
      cpu = builtins.head (lib.splitString "-" system);
      kernel = lib.last (lib.splitString "-" system);
      isLinux = kernel == "linux";
      config = "${cpu}-${if isLinux then "unknown-linux-gnu" else "apple-darwin"}";
    in
    {
      inherit system config isLinux;
      isDarwin = !isLinux;
      isUnix = true;
      isWindows = false;
      isGnu = isLinux;
      isMusl = false;
      isStatic = false;
      isx86 = cpu == "x86_64";
      isx86_64 = cpu == "x86_64";
      isAarch64 = cpu == "aarch64";
      isAarch = cpu == "aarch64";
      isArm = false;
      is64bit = true;
      is32bit = false;
      isLittleEndian = true;
      isBigEndian = false;
      parsed = { cpu = { name = cpu; bits = 64; }; kernel.name = kernel; };
      linuxArch = if cpu == "aarch64" then "arm64" else cpu;
      extensions = { sharedLibrary = if isLinux then ".so" else ".dylib"; staticLibrary = ".a"; executable = ""; library = ".so"; };
      go = { GOOS = kernel; GOARCH = if cpu == "aarch64" then "arm64" else "amd64"; };
      rust.rustcTarget = config;
      canExecute = other: other.system == system;
      uname = { system = if isLinux then "Linux" else "Darwin"; processor = cpu; };
    };
}
