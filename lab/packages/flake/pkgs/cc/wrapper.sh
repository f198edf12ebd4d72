#!@shell@
# The compiler with the C library, loader and libraries of the package set.
set -f
link=1
headers=1
for arg in "$@"; do
  case $arg in
    -c | -S | -E | -M | -MM | -fsyntax-only) link=0 ;;
    -nostdinc) headers=0 ;;
    # Questions, which no files belong to.
    --version | -dumpversion | -dumpmachine | -print-* | --print-* | -v | -V) ((${#} == 1)) && link=0 ;;
  esac
done
before=(-B@out@/bin/ -B@libcDev@/lib/@triplet@/)
after=()
if ((headers)); then
  after+=($NIX_CFLAGS_COMPILE -idirafter @libcDev@/include -idirafter @libcDev@/include/@triplet@)
fi
if ((link)); then
  after+=($NIX_CFLAGS_LINK -L@libcDev@/lib/@triplet@)
fi
if [ -n "$NIX_DEBUG_CC" ]; then printf '%s\n' "@compiler@ ${before[*]} $* ${after[*]}" >&2; fi
exec @compiler@ "${before[@]}" "$@" "${after[@]}"
