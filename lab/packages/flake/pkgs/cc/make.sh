set -e
mkdir -p $out/bin $out/nix-support
fill() {
  sed -e "s|@shell@|$shell|g" -e "s|@out@|$out|g" -e "s|@triplet@|$triplet|g" -e "s|@libcDev@|$libcDev|g" \
    -e "s|@loader@|$loader|g" -e "s|@rpath@|$rpath|g" -e "s|@coreutils@|$coreutils|g" "$@"
}
for pair in gcc:gcc cc:gcc g++:g++ c++:g++ cpp:cpp; do
  name=${pair%%:*}
  tool=${pair##*:}
  fill -e "s|@compiler@|$gcc/bin/$tool|g" $wrapper > $out/bin/$name
done
for name in ld ld.bfd ld.gold; do
  if [ -e $binutils/bin/$name ]; then fill -e "s|@ld@|$binutils/bin/$name|g" $ldWrapper > $out/bin/$name; fi
done
for tool in as ar nm objcopy objdump ranlib readelf size strings strip addr2line c++filt elfedit; do
  if [ -e $binutils/bin/$tool ]; then ln -s $binutils/bin/$tool $out/bin/$tool; fi
done
for tool in gcc-ar gcc-nm gcc-ranlib gcov; do ln -s $gcc/bin/$tool $out/bin/$tool; done
chmod +x $out/bin/* 2>/dev/null || true
echo $loader > $out/nix-support/dynamic-linker
echo $libcDev > $out/nix-support/orig-libc-dev
touch $out/nix-support/is-toolchain
cat > $out/nix-support/setup-hook <<EOF
export CC=gcc CXX=g++ LD=ld AR=ar AS=as NM=nm RANLIB=ranlib STRIP=strip OBJCOPY=objcopy OBJDUMP=objdump READELF=readelf
export NIX_CC=$out
EOF
