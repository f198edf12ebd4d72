# gcc and the linker behind scripts that add what an unpacked Debian compiler cannot know.
{ lib, index, units, packages }:
let
  inherit (index) triplet;
  loaders = {
    x86_64-linux = "ld-linux-x86-64.so.2";
    aarch64-linux = "ld-linux-aarch64.so.1";
  };
  wrapper = derivation {
    name = "gcc-wrapper-${index.units.gcc.version}";
    inherit (index) system;
    builder = "${units.bash}/bin/bash";
    args = [ ./make.sh ];
    PATH = "${units.coreutils}/bin:${units.sed}/bin";
    shell = "${units.bash}/bin/bash";
    inherit triplet;
    inherit (units) gcc binutils coreutils;
    libcDev = units.glibc-dev;
    loader = "${units.glibc}/lib/${loaders.${index.system}}";
    rpath = "${units.glibc}/lib/${triplet} ${units.gcc-lib}/lib/${triplet}";
    wrapper = ./wrapper.sh;
    ldWrapper = ./ld.sh;
    preferLocalBuild = true;
  };
in
wrapper
// {
  pname = "gcc-wrapper";
  version = index.units.gcc.version;
  cc = packages.gcc-unwrapped;
  libc = packages.glibc;
  bintools = packages.binutils;
  isGNU = true;
  isClang = false;
  targetPrefix = "";
  meta = units.gcc.meta // {
    mainProgram = "gcc";
    description = "GNU Compiler Collection with the set's C library";
  };
}
