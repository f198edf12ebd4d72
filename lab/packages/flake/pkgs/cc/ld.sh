#!@shell@
# The linker: sets the loader, and a run path to each store path that a linked library is really in.
set -f
static=0
relocatable=0
shared=0
search=()
libraries=()
args=("$@")
if [[ "$1" == @* && $# == 1 ]]; then
  # A response file: its words are plain in what compilers write.
  args=($(<"${1#@}"))
  args=("${args[@]//\"/}")
fi
all=("${args[@]}" $NIX_LDFLAGS)
for ((i = 0; i < ${#all[@]}; i++)); do
  arg=${all[i]}
  case $arg in
    -static | --static) static=1 ;;
    -r | --relocatable | -Ur) relocatable=1 ;;
    -shared | --shared | -Bshareable) shared=1 ;;
    -L) search+=("${all[i + 1]}") ;;
    -L?*) search+=("${arg#-L}") ;;
    -l) libraries+=("${all[i + 1]}") ;;
    -l?*) libraries+=("${arg#-l}") ;;
    -dynamic-linker | -plugin | -plugin-opt | -o | -m | -z | -rpath | -soname | -h | -T) i=$((i + 1)) ;;
    /nix/store/*.so | /nix/store/*.so.*) libraries+=("$arg") ;;
  esac
done
extra=($NIX_LDFLAGS)
if ((!relocatable && !static)); then
  if ((!shared)); then extra+=(-dynamic-linker @loader@); fi
  declare -A seen=()
  for folder in @rpath@; do
    if [[ -z "${seen[$folder]}" ]]; then
      seen[$folder]=1
      # As -L too: the script libgcc_s.so names libgcc_s.so.1, which is in the folder of another unit.
      default+=("-L$folder" -rpath "$folder")
    fi
  done
  for library in "${libraries[@]}"; do
    file=
    if [[ "$library" == /* ]]; then
      file=$library
    else
      for folder in "${search[@]}"; do
        if [[ -e "$folder/lib$library.so" ]]; then
          file=$folder/lib$library.so
          break
        fi
      done
    fi
    # What is no ELF file is a linker script, and leads to libraries of the defaults.
    [[ -n "$file" ]] && IFS= LC_ALL=C read -r -N 4 magic <"$file" && [[ "$magic" == $'\x7fELF' ]] || continue
    file=$(@coreutils@/bin/readlink -f "$file")
    folder=${file%/*}
    if [[ "$folder" == /nix/store/* && -z "${seen[$folder]}" ]]; then
      seen[$folder]=1
      extra+=(-rpath "$folder")
    fi
  done
  extra+=("${default[@]}")
fi
if [ -n "$NIX_DEBUG_CC" ]; then printf '%s\n' "@ld@ $* ${extra[*]}" >&2; fi
exec @ld@ "$@" "${extra[@]}"
