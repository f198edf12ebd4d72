# The inside half of a run: builds the root file system in the fresh namespaces that it is started in, moves there, and
# becomes the command. It is a shell script because Node.js cannot call mount(2) or pivot_root(2).
#
#   sh enter.sh RUN LOWER UPPER WORK NETWORK DIRECTORY COMMAND…
#
# The current directory is the lab's folder. RUN, LOWER (layers, top first), UPPER and WORK are relative to it, so that
# no character of its path means anything to overlay. RUN/binds lists "MODE<tab>SOURCE<tab>TARGET" lines.
set -eu
run=$1 lower=$2 upper=$3 work=$4 network=$5 directory=$6
shift 6
root=$PWD/$run/root

# Newer libmount hands options over one at a time, 256 bytes each at most: too few for a stack of layers.
# volatile: nothing here outlives the run, so nothing needs fsync.
LIBMOUNT_FORCE_MOUNT2=always mount -t overlay -o "lowerdir=$lower,upperdir=$upper,workdir=$work,volatile" lab "$root" || {
  echo "lab: cannot mount an overlay in $PWD; set NIX_SEED_LAB to a folder on a real disk" >&2
  exit 1
}
# The lab's folder is itself visible inside: a recursive bind must not take the new root along.
mount --make-unbindable "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
mount -t tmpfs -o mode=0755 lab "$root/run"
# podman keeps its locks in shared memory: two runs must not see one another's.
mount -t tmpfs -o mode=1777 lab "$root/dev/shm"

while IFS='	' read -r mode source target; do
  if [ -e "$root$target" ]; then :
  elif [ -d "$source" ]; then mkdir -p "$root$target"
  else mkdir -p "$root${target%/*}" && : >"$root$target"
  fi
  mount --rbind "$source" "$root$target"
  [ "$mode" = rw ] || mount -o "remount,bind,$mode" "$root$target"
done <"$run/binds"

# A plain chroot is not enough: runc looks for the mount that / is on.
mount --make-private "$root"
mkdir "$root/run/host" "$root/run/lock"
cd "$root"
# The machine may have no pivot_root (newer Debians keep it in a package of extras); the base's busybox is static.
usr/bin/busybox pivot_root . run/host
umount --lazy /run/host
rmdir /run/host

[ "$network" = host ] || ip link set lo up
cd -- "$directory"
# An init reaps orphans, hands signals on, and takes everything with it when the command ends.
exec tini -- "$@"
