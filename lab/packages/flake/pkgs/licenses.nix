# What nixpkgs states of the packages that units stand for: { bash = LICENSE; … }. Nothing is stated of the others.
{ lib }:
let
  units = text: lib.filter (name: name != "") (lib.splitString " " text);
  of = license: text: map (name: { inherit name; value = license; }) (units text);
in
with lib.licenses;
builtins.listToAttrs (
  lib.concatLists [
    (of gpl3Plus "bash binutils coreutils diffutils findutils gawk grep gzip hello make sed tar")
    (of gpl3Plus "gcc gcc-lib gdb libcc1-0 libreadline8t64 patchelf readline-common")
    (of gpl2Plus "erofs-utils patch")
    (of gpl2Only "busybox-static git")
    (of lgpl3Plus "libmpc3 libmpfr6")
    (of [ lgpl3Plus gpl2Plus ] "libgmp-dev libgmp10 libgmpxx4ldbl libhogweed6t64 libidn2-0 libnettle8t64 libunistring5")
    (of lgpl21Plus "libacl1 libattr1 libgcrypt20 libgnutls30t64 libseccomp2 libtasn1-6 nix-bin")
    (of lgpl2Plus "glibc glibc-dev")
    (of mit "jq libbrotli1 libcares2 libexpat1 libffi-dev libffi8 libjq1 libjsoncpp26 libkrb5-3 libk5crypto3 nodejs")
    (of mit "libncurses-dev libncurses6 libncursesw6 libtinfo6 libnghttp2-14 libnghttp3-9 libuv1t64 libxml2-16")
    (of [ asl20 mit ] "cargo rustc")
    (of asl20 "libssl-dev libssl3t64 ninja-build openssl")
    (of bsd3 "cmake libpcre2-8-0 libzstd1 zstd")
    (of bsd2 "file libarchive13t64 liblz4-1 libmagic-mgc libmagic1t64")
    (of boost "boost")
    (of curl "curl libcurl3t64-gnutls libcurl4-gnutls libcurl4t64")
    (of [ bsd0 lgpl21Plus ] "liblzma5 xz-utils")
    (of isc "libpkgconf7 libsodium26 pkgconf-bin")
    (of mpl20 "ca-certificates")
    (of psfl "libpython3.14 python3")
    (of publicDomain "libsqlite3-0 libsqlite3-dev sqlite3")
    (of zlib "zlib1g zlib1g-dev")
  ]
)
